// What a user gave as backendOptions in; the same, every name and value known to be one that a backend takes, out.

import type { BackendOptions } from '../backend/backend-options.ts'
import { createError } from '../errors.ts'
import { nearestName } from '../rows/nearest-name.ts'
import { wrongOption } from './known-options.ts'

type Check = { readonly expected: string; readonly holds: (value: unknown) => boolean }

/** TensorFlow takes what fits an int32; more threads than this no machine has. */
const mostThreads = 1024

const threads: Check = {
  expected: `a whole number from 1 to ${mostThreads}`,
  holds: (value) => isWhole(value) && value >= 1 && value <= mostThreads,
}
const bytes: Check = { expected: 'a whole number of bytes above 0', holds: (value) => isWhole(value) && value > 0 }
const text: Check = {
  expected: 'a text that is not empty',
  holds: (value) => typeof value === 'string' && value !== '',
}
const card: Check = {
  expected: 'the index or UUID of one card, as nvidia-smi prints it',
  // a list would show the process several cards, of which it takes the first
  holds: (value) =>
    (isWhole(value) && value >= 0) || (typeof value === 'string' && /^(\d+|(GPU|MIG)-[\w/-]+)$/.test(value)),
}
const adapter: Check = {
  expected: "'hardware' or 'software'",
  holds: (value) => value === 'hardware' || value === 'software',
}

const checks = {
  native: { intraOpThreads: threads, interOpThreads: threads },
  cuda: { device: card, memoryBudgetBytes: bytes },
  webgpu: { adapter, adapterName: text, memoryBudgetBytes: bytes },
} as const satisfies {
  [Name in keyof BackendOptions]-?: Record<keyof NonNullable<BackendOptions[Name]>, Check>
}

/** @throws VALIDATION_FAILED naming the option, and the nearest one where its name is unknown */
export function checkedBackendOptions(options: unknown): BackendOptions {
  for (const [name, ofBackend] of entriesOf('backendOptions', options, checks))
    for (const [key, value] of entriesOf(`backendOptions.${name}`, ofBackend, checks[name])) {
      const { expected, holds } = checks[name][key as never] as Check
      if (!holds(value)) throw wrongOption(`backendOptions.${name}.${key}`, expected, value)
    }
  // each entry has just been checked
  return (options ?? {}) as BackendOptions
}

/** Those that are given: `undefined` stands for the default. */
function entriesOf<Known extends object>(
  where: string,
  value: unknown,
  known: Known,
): [keyof Known & string, unknown][] {
  if (value === undefined) return []
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongOption(where, 'an object', value)
  const names = Object.keys(known)
  for (const name of Object.keys(value)) {
    if (names.includes(name)) continue
    const nearest = nearestName(name, names)
    const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`
    throw createError('VALIDATION_FAILED', `option ${where}: expected of ${names.join(', ')}, got ${name}${hint}`, {
      details: { option: `${where}.${name}` },
    })
  }
  return Object.entries(value).filter(([, given]) => given !== undefined) as [keyof Known & string, unknown][]
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value)
}
