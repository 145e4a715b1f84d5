// A loaded model and probe rows in; whether it answers them as the oracle does at every batch size, and what is off, out.

import type { BackendModel } from '../port.ts'
import { type AnswerFault, createAnswerTally } from './answer-tally.ts'
import type { Probe, RowAt } from './probe.ts'
import type { Timing } from './timing.ts'

export type SelfCheck = {
  readonly isRight: boolean
  /** Distinct rows replayed. */
  readonly rowCount: number
  /** Sizes of the batches that were run, in order. */
  readonly batchSizes: readonly number[]
  /** Distinct rows answered wrongly, in whatever batch. */
  readonly wrongRowCount: number
  /** Largest distance of a row's answer in a batch from what it gave alone; where all is right, within both their bounds. */
  readonly batchDifference: number
  /** Where `isRight` is false, what is farthest beyond its bound. */
  readonly worst?: AnswerFault
  /** What happened, in one phrase. */
  readonly reason: string
  /** What these runs cost, the fastest of each size, smallest first; absent without a clock. */
  readonly timings?: readonly Timing[]
}

/** Odd, and no multiple of the four or eight lanes that kernels take at once: their last step is a partial one. */
const oddRows = 7

/** What `auto` compares at and adaptive batching reaches; several blocks of any kernel. */
const largeRows = 512

/** The one run of the large batch may take this long; a model of a millisecond a row gets a smaller one. */
const largeRunMs = 200

/** Rows that run alone on any device, and how long more of them may take: a GPU's interface made of software needs 30 ms a run. */
const fewestAlone = 8
const aloneMs = 200

/**
 * Replays the probe: each row alone (some, where a run is slow), in odd batches, all at once, and tiled to a large batch, every answer compared.
 * Where the probe has no answers, those of rows that come alone are what batches must give.
 * @param now milliseconds; without it the large batch is never made smaller
 */
export async function selfCheck(model: BackendModel, probe: Probe, now?: () => number): Promise<SelfCheck> {
  const { rowCount, rawWidth } = probe
  const tally = createAnswerTally(probe)
  const fastestMs = new Map<number, number>()

  async function replay(batchRows: number, rowAt: RowAt): Promise<number> {
    const { inputs, raw, encode } = probe.batch(model, batchRows, rowAt)
    const startedAt = now?.() ?? 0
    encode()
    await model.run(inputs, batchRows, [raw])
    const ms = (now?.() ?? 0) - startedAt
    fastestMs.set(batchRows, Math.min(ms, fastestMs.get(batchRows) ?? Infinity))
    for (let i = 0; i < batchRows; i++) tally.add(batchRows, rowAt(i), raw.values, i * rawWidth)
    return ms
  }

  const aloneSince = now?.() ?? 0
  for (const [turn, row] of spreadRows(rowCount).entries()) {
    if (turn >= fewestAlone && (now?.() ?? 0) - aloneSince > aloneMs) break
    await replay(1, () => row)
  }
  for (let from = 0; from < rowCount; from += oddRows) await replay(oddRows, (i) => (from + i) % rowCount)
  let ms = await replay(rowCount, (i) => i)
  // a first run compiles and uploads; what it says of the next one's time counts only when it is good news
  if (largeSize(rowCount, ms) < largeRows) ms = Math.min(ms, await replay(rowCount, (i) => i))
  // each tile starts one row later, so that a row stands in every lane of a kernel
  await replay(largeSize(rowCount, ms), (i) => (i + Math.floor(i / rowCount)) % rowCount)

  const { worst, batchSizes, wrongRowCount, batchDifference } = tally
  return {
    isRight: worst === undefined,
    rowCount,
    batchSizes,
    wrongRowCount,
    batchDifference,
    ...(worst && { worst }),
    reason: reasonOf(probe, tally),
    ...(now && { timings: timingsOf(fastestMs) }),
  }
}

/** All rows, in an order of which every beginning is spread over them: tables are checked at both ends and between. */
function spreadRows(rowCount: number): number[] {
  const step = Math.max(1, Math.ceil(rowCount / fewestAlone))
  const rows: number[] = []
  for (let first = 0; first < step; first++) for (let row = first; row < rowCount; row += step) rows.push(row)
  return rows
}

function timingsOf(fastestMs: ReadonlyMap<number, number>): Timing[] {
  const timings = [...fastestMs].map(([rowCount, ms]) => ({ rowCount, microsPerRow: (1000 * ms) / rowCount }))
  return timings.sort((a, b) => a.rowCount - b.rowCount)
}

/** At least two tiles and one row: each row then stands in two places at once, and the last tile is cut off. */
function largeSize(rowCount: number, msOfAllRows: number): number {
  const fitting = msOfAllRows > 0 ? Math.floor((largeRunMs * rowCount) / msOfAllRows) : largeRows
  return Math.max(2 * rowCount + 1, Math.min(largeRows, fitting))
}

type Tally = ReturnType<typeof createAnswerTally>

function reasonOf({ rowCount, answers }: Probe, tally: Tally): string {
  const { worst, batchSizes, wrongSizes, wrongRowCount, batchDifference } = tally
  const kind = answers === undefined ? 'row' : 'check row'
  if (worst === undefined) {
    const alike = batchDifference === 0 ? 'exactly as' : `within ${batchDifference.toPrecision(2)} of`
    return answers === undefined
      ? `the artifact has no check rows; batches answer ${alike} their rows alone`
      : `right on all ${rowCount} check rows in batches of ${listed(batchSizes)}, which answer ${alike} each row alone`
  }
  const { batchRows, row, column, got, expected, difference, bound } = worst
  const rightSizes = batchSizes.filter((size) => !wrongSizes.includes(size))
  const right = rightSizes.length === 0 ? '' : `, right in batches of ${listed(rightSizes)}`
  return [
    `wrong on ${kind} ${row} in a batch of ${batchRows}, output ${column}: got ${numberText(got)}, expected ${numberText(expected)}, off by ${difference.toPrecision(3)} where rounding explains ${bound.toPrecision(3)}`,
    `${wrongRowCount} of ${rowCount} ${kind}s ${wrongRowCount === 1 ? 'is' : 'are'} wrong`,
    `a row in a batch differs from the same row alone by up to ${batchDifference.toPrecision(2)}`,
    `wrong in batches of ${listed(wrongSizes)}${right}`,
  ].join('; ')
}

function numberText(value: number): string {
  return Number.isFinite(value) ? value.toPrecision(6) : String(value)
}

function listed(sizes: readonly number[]): string {
  const last = sizes[sizes.length - 1]
  return sizes.length < 2 ? String(last) : `${sizes.slice(0, -1).join(', ')} and ${last}`
}
