// What may happen to an engine under test, as data that fast-check makes up and shrinks.

import fc from 'fast-check'
import type { PredictOptions } from '../../src/runtime/options.ts'

/**
 * `own`: nobody else sends it. `shared`: one of a few that others send too. The model throws at `poison`, has no number
 * for `nan`, and `bad` is no row.
 */
export type RowKind = 'own' | 'shared' | 'poison' | 'nan' | 'bad'

export type StepOptions = Pick<PredictOptions, 'priority' | 'timeoutMs' | 'useCache' | 'tenant'> & {
  /** Whose signal the call has. */
  readonly caller?: number
}

export type Step =
  | { readonly kind: 'predict'; readonly row: RowKind; readonly which: number; readonly options: StepOptions }
  | { readonly kind: 'predictBatch'; readonly rows: readonly RowKind[]; readonly options: StepOptions }
  | { readonly kind: 'abort'; readonly caller: number }
  | { readonly kind: 'advance' | 'busy'; readonly ms: number }
  | { readonly kind: 'fail'; readonly why: 'EXECUTION_FAILED' | 'OUT_OF_MEMORY' | 'BACKEND_UNAVAILABLE' | 'odd' }
  | { readonly kind: 'endTurn' | 'finish' | 'wake' | 'swap' }

export type Setup = {
  readonly mode: 'sync' | 'async'
  readonly strategy: 'adaptive' | 'time-window' | 'fixed-size' | 'none'
  /** `stale`: in memory, with answers that are renewed. `keyv`: answers a moment later. `frozen`: never does. */
  readonly cache: 'none' | 'memory' | 'stale' | 'keyv' | 'frozen'
  readonly fallback: 'none' | 'sync' | 'async'
}

export const limits = { maxRows: 6, maxQueuedRows: 12 }
export const callerCount = 4
export const sharedRowCount = 4

const rowKind = fc.oneof(
  { weight: 6, arbitrary: fc.constant<RowKind>('own') },
  { weight: 4, arbitrary: fc.constant<RowKind>('shared') },
  { weight: 1, arbitrary: fc.constantFrom<RowKind>('poison', 'nan', 'bad') },
)
const caller = fc.nat({ max: callerCount - 1 })
const options: fc.Arbitrary<StepOptions> = fc.record(
  {
    priority: fc.constantFrom('low', 'normal', 'high'),
    timeoutMs: fc.integer({ min: 1, max: 150 }),
    useCache: fc.boolean(),
    tenant: fc.constantFrom('a', 'b'),
    caller,
  },
  { requiredKeys: [] },
)
const ms = fc.integer({ min: 1, max: 70 })

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('predict' as const),
      row: rowKind,
      which: fc.nat({ max: sharedRowCount - 1 }),
      options,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('predictBatch' as const),
      rows: fc.array(rowKind, { maxLength: 24 }),
      options,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('abort' as const), caller }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('advance' as const), ms }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('busy' as const), ms }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('fail' as const),
      why: fc.constantFrom('EXECUTION_FAILED' as const, 'OUT_OF_MEMORY', 'BACKEND_UNAVAILABLE', 'odd'),
    }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom('endTurn' as const, 'finish' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('wake' as const, 'swap' as const) }) },
)

/** As many rows of high priority as the model can run, for seconds, and some others after them. */
export const overloads = fc
  .array(
    fc.record({
      others: fc.array(fc.constantFrom('high' as const, 'normal' as const, 'low' as const), { maxLength: 2 }),
      ms: fc.integer({ min: 20, max: 100 }),
    }),
    { minLength: 40, maxLength: 60, size: 'max' },
  )
  .map((rounds) => rounds.flatMap(roundOf))

type Priority = NonNullable<PredictOptions['priority']>

function roundOf({ others, ms }: { readonly others: readonly Priority[]; readonly ms: number }): Step[] {
  const priorities = [...Array.from({ length: limits.maxRows }, () => 'high' as const), ...others]
  const rows = priorities.map((priority) => ({ kind: 'predict', row: 'own', which: 0, options: { priority } }) as const)
  return [...rows, { kind: 'advance', ms }, { kind: 'finish' }]
}

export const histories = fc.array(step, { maxLength: 60, size: 'max' })
/** At which step all is closed; mostly at none. */
export const closings = fc.option(fc.nat({ max: 60 }), { freq: 2, nil: undefined })

export function setups(mode: Setup['mode']): fc.Arbitrary<Setup> {
  return fc.record({
    mode: fc.constant(mode),
    strategy: fc.constantFrom('adaptive', 'adaptive', 'time-window', 'fixed-size', 'none'),
    cache: fc.constantFrom('none', 'none', 'memory', 'stale', 'keyv', 'frozen'),
    fallback: fc.constantFrom('none', 'none', 'sync', 'async'),
  })
}

/** As many as fit into a few seconds; FUZZ_RUNS=1000 asks for that many of the usual 150, and for more of others too. */
export function runsOr(usual: number): { readonly numRuns: number } {
  const { FUZZ_RUNS: wanted = '150' } = process.env
  return { numRuns: Math.ceil((usual * Number(wanted)) / 150) }
}
