// Bounds on LZMA streams of any container, each with the attack it stops.

/** Every reset of the state fills tables of up to 40 KB; xz resets once a block, and tiny chunks could ask for one each. */
export function resetLimit(inputByteLength: number): number {
  return 64 + inputByteLength / 1024
}
