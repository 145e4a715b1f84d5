// What `native install` fetches from the package registries, named by version and hash, so that everybody gets the same bytes.

/** One wheel of PyPI; the same file whatever Python the user has. */
export type PinnedWheel = {
  readonly project: string
  readonly version: string
  readonly fileName: string
  readonly sha256: string
  readonly byteLength: number
  readonly unpackedByteLength: number
  /** e.g. manylinux_2_27_x86_64 */
  readonly pipPlatform: string
  /** Which entries are unpacked: path prefixes or exact names. */
  readonly keep: readonly string[]
}

/** One package of npm. */
export type PinnedTarball = {
  readonly package: string
  readonly version: string
  /** sha512-… as in a lock file. */
  readonly integrity: string
}
