// Backends sorted into what `auto` takes first, what it measures against each other, and what it takes when all else failed.

import type { BackendName } from '../port.ts'

export type Tier = 'kernel' | 'first' | 'measured' | 'last'

/**
 * The kernel is asked first, since its time tells which graphs are worth asking. Between graphs CUDA needs no contest: where
 * someone installed it, models are to run there. cpu answers any model more slowly than wasm does (`doctor` shows by how much).
 */
const tierOf = {
  cuda: 'first',
  webgpu: 'measured',
  native: 'measured',
  wasm: 'measured',
  cpu: 'last',
  kernel: 'kernel',
} as const satisfies Record<BackendName, Tier>

const tiers = ['kernel', 'first', 'measured', 'last'] as const satisfies Tier[]

/** The members of each tier, in the order in which `auto` asks the tiers. */
export function tiersOf<Item extends { readonly name: BackendName }>(
  items: readonly Item[],
): { readonly tier: Tier; readonly members: readonly Item[] }[] {
  return tiers.map((tier) => ({ tier, members: items.filter(({ name }) => tierOf[name] === tier) }))
}
