// Calls of a CRM service in; the same, checked, counted where they fail, and ended when the service closes, out.

import { createError, isMLError } from '../errors.ts'
import { ClosingGate } from '../runtime/closing-gate.ts'
import type { CallRecord } from './call-record.ts'
import { assertCall, assertCallOptions, type CrmCallOptions } from './crm-options.ts'

export class CallGate {
  readonly #gate = new ClosingGate()
  readonly #record: CallRecord
  readonly #service: string

  constructor(record: CallRecord, service: string) {
    this.#record = record
    this.#service = service
  }

  /** @throws CLOSED */
  assertOpen(): void {
    this.#gate.assertOpen()
  }

  /**
   * A call about many leads, each of which is counted by itself.
   * @param known names of its options, where nobody has checked them
   * @throws CLOSED; INPUT_INVALID; signal.reason; what `work` does
   */
  async pass<Result>(
    options: CrmCallOptions,
    work: () => Promise<Result>,
    known?: Readonly<Record<string, true>>,
  ): Promise<Result> {
    this.#gate.assertOpen()
    assertCall(options)
    if (known !== undefined) assertCallOptions(options, known)
    return this.#gate.pass(this.#typed(options, work))
  }

  /** A call about one lead: its failure counts. */
  async passCounted<Result>(
    options: CrmCallOptions,
    work: () => Promise<Result>,
    known?: Readonly<Record<string, true>>,
  ): Promise<Result> {
    try {
      return await this.pass(options, work, known)
    } catch (error) {
      this.#record.recordFailure(error)
      throw error
    }
  }

  /** What is no error of this library comes from what the caller gave: a getter, a listing, a clock. */
  async #typed<Result>({ signal }: CrmCallOptions, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      signal?.throwIfAborted()
      if (isMLError(error)) throw error
      const message = error instanceof Error ? error.message : String(error)
      throw createError('EXECUTION_FAILED', `${this.#service} failed: ${message}`, { cause: error })
    }
  }

  close(): void {
    this.#gate.close(createError('CLOSED', `${this.#service} is closed`))
  }
}
