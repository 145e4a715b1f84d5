// The wheels and packages of a flavour in; what an install will fetch, build and write, known before it starts, out.

import type { NativeFlavour } from '../../backend/host/native-home.ts'
import type { PinnedTarball, PinnedWheel } from './pinned.ts'

export type InstallPlan = {
  readonly flavour: NativeFlavour
  readonly home: string
  readonly wheels: readonly PinnedWheel[]
  readonly tarballs: readonly PinnedTarball[]
  /** Beside TensorFlow's own: libraries that are loaded with the add-on, as paths in the wheels. */
  readonly linkedLibraries?: readonly string[]
  readonly downloadByteLength: number
  /** Free bytes that the file system of `home` needs at the highest tide. */
  readonly diskByteLength: number
  readonly steps: readonly { readonly name: string; readonly text: string }[]
}

/** A wheel of the plan, and what of it is still to do. */
export type WheelWork = { readonly wheel: PinnedWheel; readonly isFetched: boolean; readonly isUnpacked: boolean }

/** Packages with what is made of them, the add-on, pip's small files: about 5 MB, and room for a file system's own needs. */
const slackByteLength = 64 * 2 ** 20

export function createInstallPlan(
  flavour: NativeFlavour,
  home: string,
  wheels: readonly PinnedWheel[],
  tarballs: readonly PinnedTarball[],
): InstallPlan {
  const downloadByteLength = wheels.reduce((sum, wheel) => sum + wheel.byteLength, 0)
  const wheelNames = wheels.map(({ project, version }) => `${project} ${version}`).join(', ')
  const packageNames = tarballs.map((tarball) => `${tarball.package} ${tarball.version}`).join(', ')
  return {
    flavour,
    home,
    wheels,
    tarballs,
    downloadByteLength,
    diskByteLength: neededByteLength(wheels.map((wheel) => ({ wheel, isFetched: false, isUnpacked: false }))),
    steps: [
      { name: 'wheels', text: `fetch by pip, check and unpack ${wheelNames}` },
      { name: 'packages', text: `fetch by npm, check and unpack ${packageNames}` },
      { name: 'compile', text: 'compile the add-on against Node-API' },
      { name: 'prove', text: 'multiply two matrices in a fresh process' },
      { name: 'clean', text: 'delete wheels, headers and sources' },
    ],
  }
}

/** The highest tide: a wheel is deleted as soon as it is unpacked. */
export function neededByteLength(work: readonly WheelWork[]): number {
  let held = 0
  let highest = 0
  for (const { wheel, isFetched, isUnpacked } of work) {
    if (isUnpacked) continue
    held += wheel.unpackedByteLength
    highest = Math.max(highest, held + (isFetched ? 0 : wheel.byteLength))
  }
  return highest + slackByteLength
}
