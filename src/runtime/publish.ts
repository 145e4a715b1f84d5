// The realm in, a publisher of the library's events out: Node's diagnostics channels, or nobody.

import { isNode } from '../backend/host/is-node.ts'
import { type Publish, silentPublish } from '../observe/channels.ts'

export async function createPublish(): Promise<Publish> {
  return isNode() ? (await import('./node-publish.ts')).nodePublish : silentPublish
}
