// A predictor and a row in; the model's explanation of its answer out, one after the other and in time.

import { createError, isMLError } from '../errors.ts'
import type { Explanation } from '../explain/explanation.ts'
import type { Clock } from '../observe/clock.ts'
import { withDeadline } from '../resilience/deadline.ts'
import type { Row } from '../rows/prediction.ts'
import type { ModelPredictor } from '../runtime/predictor.ts'

/** So many in a row that never came, and for so long none is asked for: a batch would wait for each of its leads. */
const silencesToRest = 3
const restMs = 2000
/** Share of the time that one must have had to itself to count as never coming: others only had no turn in time. */
const fairShare = 0.5

export type Explanations = {
  /** @throws DEADLINE_EXCEEDED where it takes too long, its turn included, or those before it never came; UNSUPPORTED; what the model throws; signal.reason */
  explain(predictor: ModelPredictor, row: Row, signal: AbortSignal | undefined): Promise<Explanation>
}

/**
 * An explanation takes this thread for a while and ends within its turn, so that a caller with many would pass all others:
 * they are made in the order in which they were asked for, and whoever asks again goes to the end.
 */
export function createExplanations(model: string, clock: Clock, timeoutMs: number): Explanations {
  const outputs = new Map<string, number>()
  let latest: Promise<unknown> = Promise.resolve()
  let silences = 0
  let restsUntilMs = -Infinity

  /**
   * The raw output that speaks for class 1: a model of two raw columns has it in the second; one of a single margin or value
   * has no second and says so, which is asked once a version.
   */
  async function explainClass(
    predictor: ModelPredictor,
    row: Row,
    signal: AbortSignal | undefined,
  ): Promise<Explanation> {
    const common = signal === undefined ? {} : { signal }
    const version = predictor.version ?? ''
    const output = outputs.get(version) ?? (predictor.schema?.classes?.length === 2 ? 1 : 0)
    try {
      return await predictor.explain(row, { ...common, output })
    } catch (error) {
      if (!isMLError(error) || error.code !== 'INPUT_INVALID' || output === 0) throw error
      outputs.set(version, 0)
      return predictor.explain(row, { ...common, output: 0 })
    }
  }

  function refusal(): Error {
    return createError('DEADLINE_EXCEEDED', `${model} had no time to explain itself`)
  }

  function countSilence(askedAtMs: number): void {
    if (clock.now() - askedAtMs < fairShare * timeoutMs) return
    silences++
    if (silences >= silencesToRest) restsUntilMs = clock.now() + restMs
  }

  return {
    explain: (predictor, row, signal) =>
      withDeadline({ timeoutMs, clock, model, ...(signal && { signal }) }, (joined) => {
        const before = latest
        let askedAtMs = Infinity
        const mine = (async () => {
          await before
          // its caller has had its answer while it waited, or nobody will have one
          if (joined?.aborted === true || clock.now() < restsUntilMs) throw refusal()
          askedAtMs = clock.now()
          const explanation = await explainClass(predictor, row, joined).finally(() => (askedAtMs = Infinity))
          silences = 0
          return explanation
        })()
        const left = new Promise<void>((resolve) => {
          const leave = (): void => {
            if (signal?.aborted !== true) countSilence(askedAtMs)
            resolve()
          }
          joined?.addEventListener('abort', leave, { once: true })
        })
        latest = Promise.race([mine.catch(() => undefined), left])
        return mine
      }),
  }
}
