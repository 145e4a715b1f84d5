// The realm in, whether it is Node or compatible with it out.

/** Files, processes, native hashes and diagnostics are then to be had. */
export function isNode(): boolean {
  const { process } = globalThis as { process?: { versions?: { node?: string } } }
  return process?.versions?.node !== undefined
}
