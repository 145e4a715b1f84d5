// A predictor's engine, a row and options in; why the model answers that row as it does out.

import { createError, isMLError } from '../errors.ts'
import type { Explanation, ExplainOptions } from '../explain/explanation.ts'
import { withDeadline } from '../resilience/deadline.ts'
import { nameHint } from '../rows/nearest-name.ts'
import type { Row } from '../rows/prediction.ts'
import { createRowReader, type RowReader } from '../rows/read-row.ts'
import { assertRow } from '../rows/row-shape.ts'
import { shownValue } from '../rows/shown-value.ts'
import type { Engine } from './engine.ts'
import type { OptionNames } from './known-options.ts'
import { awakeState, type SlotState } from './model-slot.ts'
import { isSignal, wrongOption } from './predict-options.ts'
import type { Platform } from './platform.ts'
import type { ModelPredictorOptions } from './predictor-options.ts'
import { createTurnShare, type TurnShare } from './turn-share.ts'

export type ExplainRow = (row: Row, options: ExplainOptions) => Promise<Explanation>

const optionNames: OptionNames<ExplainOptions> = { output: true, reference: true, strict: true, signal: true }

/**
 * By the version that answers now, whatever shares of traffic there are; a sleeping model is loaded first. No cache, queue,
 * breaker or rule has a part in it: the regions of the artifact are the model, whatever backend serves.
 */
export function createExplainRow(predictor: ModelPredictorOptions): ExplainRow {
  const { name, platform, readerWithoutModel } = predictor
  const share = createTurnShare(platform.defer)

  /** Looking takes no turn of a split; what is not loaded is asked for, so that it wakes or is tried again. */
  async function engineState(signal: AbortSignal | undefined): Promise<Exclude<SlotState, { kind: 'asleep' }>> {
    const seen = predictor.current?.()
    const state = seen?.kind === 'loaded' ? seen : predictor.state()
    if (state.kind !== 'asleep') return state
    await withDeadline({ ...(signal && { signal }), clock: platform.clock, model: name }, state.wake)
    return awakeState(state, name)
  }

  return async (row, options) => {
    assertExplainOptions(options)
    const { signal, strict, output, reference } = options
    signal?.throwIfAborted()
    const state = await engineState(signal)
    if (state.kind === 'failed') {
      if (readerWithoutModel === undefined) assertRow(row, undefined)
      else canonicalOf(readerWithoutModel, row, strict)
      throw state.error
    }
    const { engine } = state
    return engine.lease(() => {
      const canonical = canonicalOf(wholeReader(engine), row, strict)
      const compared = reference === undefined ? undefined : readReference(wholeReader(engine), reference, strict)
      const pause = createPause(platform, share, signal)
      return engine.explain(canonical, { output, reference: compared, pause })
    })
  }
}

const wholeReaders = new WeakMap<Engine, RowReader>()

/** Explanations are of features, not of the sums in which a model may take them. */
function wholeReader(engine: Engine): RowReader {
  if (!engine.reader.sumsTerms) return engine.reader
  const reader = wholeReaders.get(engine) ?? createRowReader(engine.schema)
  wholeReaders.set(engine, reader)
  return reader
}

function canonicalOf(reader: RowReader, row: Row, strict: boolean | undefined): Float64Array {
  const canonical = new Float64Array(reader.width)
  reader.read(row, canonical, 0, { strict })
  return canonical
}

function readReference(reader: RowReader, reference: Row, strict: boolean | undefined): Float64Array {
  try {
    return canonicalOf(reader, reference, strict)
  } catch (error) {
    if (!isMLError(error)) throw error
    throw createError(error.code, `option reference of explain: ${error.message}`, {
      cause: error,
      details: { ...error.details, option: 'reference' },
    })
  }
}

/** To be called often: something to wait for where explanations have taken enough of this turn of the event loop. */
function createPause({ clock, defer }: Platform, share: TurnShare, signal: AbortSignal | undefined) {
  let seenAtMs = clock.now()
  const nextTurn = async (): Promise<void> => {
    while (!share.hasLeft) await new Promise<void>((resolve) => defer(resolve))
    signal?.throwIfAborted()
    seenAtMs = clock.now()
  }
  return (): Promise<void> | undefined => {
    signal?.throwIfAborted()
    const nowMs = clock.now()
    share.spend(nowMs - seenAtMs)
    seenAtMs = nowMs
    return share.hasLeft ? undefined : nextTurn()
  }
}

/** @throws INPUT_INVALID */
function assertExplainOptions(options: ExplainOptions): void {
  if (typeof options !== 'object' || options === null)
    throw createError('INPUT_INVALID', `options of explain: expected an object, got ${shownValue(options)}`)
  for (const option in options)
    if (!Object.hasOwn(optionNames, option))
      throw createError(
        'INPUT_INVALID',
        `option ${option} of explain: there is no such option; ${nameHint(option, Object.keys(optionNames))}`,
        { details: { option } },
      )
  const { strict, signal } = options
  if (strict !== undefined && typeof strict !== 'boolean') throw wrongOption('strict', 'true or false', strict)
  if (signal !== undefined && !isSignal(signal)) throw wrongOption('signal', 'an AbortSignal', signal)
}
