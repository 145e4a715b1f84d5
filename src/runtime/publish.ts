// The realm in, a publisher of the library's events out: Node's diagnostics channels, or nobody.

import { type Publish, silentPublish } from '../observe/channels.ts'
import { isNode } from './platform.ts'

export async function createPublish(): Promise<Publish> {
  return isNode() ? (await import('./node-publish.ts')).nodePublish : silentPublish
}
