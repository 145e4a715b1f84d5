// What an install will fetch, build and write, known before it starts.

import type { NativeFlavour } from '../../backend/host/native-home.ts'
import type { PinnedTarball, PinnedWheel } from './pinned.ts'

export type InstallPlan = {
  readonly flavour: NativeFlavour
  readonly home: string
  readonly wheels: readonly PinnedWheel[]
  readonly tarballs: readonly PinnedTarball[]
  readonly downloadByteLength: number
  /** Free bytes that the file system of `home` needs at the highest tide. */
  readonly diskByteLength: number
  readonly steps: readonly { readonly name: string; readonly text: string }[]
}
