// Answers of the model and its rows in; what a shadow version would have said, compared and counted, never returned.

import { isMLError } from '../errors.ts'
import type { Publish } from '../observe/channels.ts'
import type { Answer, Prediction } from '../rows/prediction.ts'
import type { Engine } from './engine.ts'
import type { Slot } from './model-slot.ts'
import type { PredictionRequest } from './request.ts'

export type ShadowReport = {
  /** Null while it is not loaded. */
  readonly version: string | null
  /** Share of the requests that it is asked, 0 to 1. */
  readonly share: number
  readonly compared: number
  /** Compared rows whose label differs. */
  readonly labelDifferences: number
  /** Largest distance of a probability, value or element of a vector. */
  readonly largestDifference: number
  readonly meanDifference: number
  /** Rows on which only the shadow failed. */
  readonly errors: number
  /** Rows that it was not asked: too many of its own were waiting, or it was unloaded to make room. */
  readonly skipped: number
}

export type Shadow = {
  readonly slot: Slot
  readonly share: number
}

/** Rows that may wait for the shadow at once; more are skipped, so that it can never hold the memory of the live model. */
const maxRowsUnderWay = 1024

export class ShadowComparison {
  readonly #shadow: Shadow
  readonly #model: string
  readonly #publish: Publish
  #credit = 0
  #underWay = 0
  #compared = 0
  #labelDifferences = 0
  #largest = 0
  #sum = 0
  #errors = 0
  #skipped = 0

  constructor(model: string, shadow: Shadow, publish: Publish) {
    this.#model = model
    this.#shadow = shadow
    this.#publish = publish
  }

  get slot(): Slot {
    return this.#shadow.slot
  }

  /** Asks the shadow for the row of a request that the model has answered; settles in the background, never throws. */
  observe(request: PredictionRequest, prediction: Prediction): void {
    const { share, slot } = this.#shadow
    this.#credit += share
    if (this.#credit < 1) return
    this.#credit -= 1
    // one that sleeps is not woken: the model that answers may need the room
    if (slot.state.kind !== 'loaded' || this.#underWay >= maxRowsUnderWay) return void this.#skipped++
    this.#underWay++
    const ended = (): void => void this.#underWay--
    void this.#compare(slot.state.engine, request, prediction).then(ended, ended)
  }

  report(): ShadowReport {
    const { slot, share } = this.#shadow
    return {
      version: slot.state.kind === 'loaded' ? slot.state.engine.version : null,
      share,
      compared: this.#compared,
      labelDifferences: this.#labelDifferences,
      largestDifference: this.#largest,
      meanDifference: this.#compared === 0 ? 0 : this.#sum / this.#compared,
      errors: this.#errors,
      skipped: this.#skipped,
    }
  }

  async #compare(engine: Engine, { row, options }: PredictionRequest, prediction: Prediction): Promise<void> {
    let answer: Answer
    try {
      // by its own schema: features may have moved, come or gone between versions
      const canonical = new Float64Array(engine.reader.width)
      engine.reader.read(row, canonical, 0, { strict: false, rowIndex: undefined })
      // low: it must not delay callers of a predictor that names this version
      const low = { ...options, priority: 'low' as const }
      answer = await engine.lease(() =>
        engine.submit({
          canonical,
          rowIndex: undefined,
          signal: undefined,
          deadlineAtMs: Infinity,
          wanted: undefined,
          options: low,
        }),
      )
    } catch (error) {
      const code = isMLError(error) ? error.code : 'EXECUTION_FAILED'
      // it was unloaded meanwhile, or the registry closed: that says nothing of its answers
      if (code === 'CLOSED') return void this.#skipped++
      this.#errors++
      return this.#publish('shadow', { model: this.#model, version: engine.version, code })
    }
    this.#compared++
    const isSameLabel = JSON.stringify(answer.label) === JSON.stringify(prediction.label)
    if (!isSameLabel) this.#labelDifferences++
    const difference = largestDifference(answer, prediction)
    this.#sum += difference
    if (difference > this.#largest) this.#largest = difference
    this.#publish('shadow', { model: this.#model, version: engine.version, difference, isSameLabel })
  }
}

/** Infinity where one has a number and the other none. */
function largestDifference(a: Answer, b: Answer): number {
  const part = a.probabilities ?? a.value ?? a.vector ?? a.scores
  const other = b.probabilities ?? b.value ?? b.vector ?? b.scores
  const left = numbersOf(part)
  const right = numbersOf(other)
  if (left.length !== right.length) return Infinity
  return left.reduce((most, value, i) => Math.max(most, distance(value, right[i])), 0)
}

function distance(a: number, b: number): number {
  if (Object.is(a, b) || a === b) return 0
  const difference = Math.abs(a - b)
  return Number.isNaN(difference) ? Infinity : difference
}

function numbersOf(part: unknown): number[] {
  if (typeof part === 'number') return [part]
  return Array.isArray(part) ? (part.flat(2) as number[]) : []
}
