// Options of one predict call in; nothing, or an error naming the one that cannot be, out.

import { createError, isMLError, type MLError } from '../errors.ts'
import { nameHint } from '../rows/nearest-name.ts'
import type { OptionNames } from './known-options.ts'
import type { PredictOptions } from './options.ts'

const optionNames: OptionNames<PredictOptions> = {
  signal: true,
  timeoutMs: true,
  useCache: true,
  strict: true,
  priority: true,
  tenant: true,
  requestId: true,
}

const priorities: readonly unknown[] = ['low', 'normal', 'high']

/** A UUID has 36 and a W3C traceparent 55; longer ones are documents, which do not belong into every line of a log. */
const longestRequestId = 256

/**
 * Checked before anything else, so that a misspelt priority is the caller's error and not the model's.
 * @throws INPUT_INVALID
 */
export function assertPredictOptions(options: PredictOptions): void {
  if (typeof options !== 'object' || options === null)
    throw createError('INPUT_INVALID', `options of predict: expected an object, got ${describe(options)}`)
  for (const name in options) if (!Object.hasOwn(optionNames, name)) throw unknown(name)
  const { signal, timeoutMs, priority, tenant, useCache, strict, requestId } = options
  if (signal !== undefined && !isSignal(signal)) throw wrongOption('signal', 'an AbortSignal', signal)
  if (timeoutMs !== undefined && !(typeof timeoutMs === 'number' && timeoutMs > 0))
    throw wrongOption('timeoutMs', 'a number of milliseconds above 0', timeoutMs)
  if (priority !== undefined && !priorities.includes(priority))
    throw wrongOption('priority', priorities.join(', '), priority)
  if (tenant !== undefined && typeof tenant !== 'string') throw wrongOption('tenant', 'a string', tenant)
  if (requestId !== undefined && !isRequestId(requestId))
    throw wrongOption(
      'requestId',
      `a string of 1 to ${longestRequestId} characters`,
      typeof requestId === 'string' ? `${requestId.length}` : requestId,
    )
  if (useCache !== undefined && typeof useCache !== 'boolean') throw wrongOption('useCache', 'true or false', useCache)
  if (strict !== undefined && typeof strict !== 'boolean') throw wrongOption('strict', 'true or false', strict)
}

/** What `assertPredictOptions` throws. */
export function faultOf(options: PredictOptions): MLError | undefined {
  try {
    assertPredictOptions(options)
    return undefined
  } catch (error) {
    if (isMLError(error)) return error
    throw error
  }
}

/** Of options that may be anything at all: refused ones are counted and told as well. */
export function requestIdOf(options: unknown): string | undefined {
  const requestId = optionOf(options, 'requestId')
  return typeof requestId === 'string' ? requestId : undefined
}

/** Of options that may be anything at all. */
export function isAborted(options: unknown): boolean {
  return optionOf(optionOf(options, 'signal'), 'aborted') === true
}

function optionOf(options: unknown, name: string): unknown {
  try {
    return (options as Readonly<Record<string, unknown>> | null | undefined)?.[name]
  } catch {
    // a getter's throw is told by whoever reads it first
    return undefined
  }
}

function isRequestId(value: unknown): boolean {
  return typeof value === 'string' && value.length >= 1 && value.length <= longestRequestId
}

/** By shape, since polyfills and other realms have classes of their own. */
export function isSignal(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'aborted' in value &&
    'throwIfAborted' in value &&
    typeof value.throwIfAborted === 'function'
  )
}

function unknown(name: string): Error {
  const message = `option ${name} of predict: there is no such option; ${nameHint(name, Object.keys(optionNames))}`
  return createError('INPUT_INVALID', message, { details: { option: name } })
}

/** @returns an INPUT_INVALID */
export function wrongOption(option: string, expected: string, got: unknown): MLError {
  return createError('INPUT_INVALID', `option ${option}: expected ${expected}, got ${describe(got)}`, {
    details: { option },
  })
}

function describe(value: unknown): string {
  return typeof value === 'object' || typeof value === 'symbol' ? Object.prototype.toString.call(value) : String(value)
}
