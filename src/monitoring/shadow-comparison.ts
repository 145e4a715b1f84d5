// Messages of the engine's shadow channel in; how each shadow version agrees with the one that answers out.

import { channelNames, type ChannelMessages } from '../observe/channels.ts'
import { Histogram } from '../observe/histogram.ts'
import { type Interval, wilsonInterval } from './interval.ts'

/** Node's own `diagnostics_channel` module is one. */
export interface ChannelSource {
  subscribe(name: string, listener: (message: unknown) => void): void
  unsubscribe(name: string, listener: (message: unknown) => void): unknown
}

/** How one shadow version agrees with the version that answered the same rows. */
export type ShadowAgreement = {
  readonly model: string
  /** The shadow's. */
  readonly version: string
  /** Rows that both answered. */
  readonly compared: number
  /** Rows that only the shadow failed on, by the code of its error; from the 65th code on, all as OTHER. */
  readonly errorsByCode: Readonly<Record<string, number>>
  /** Share of compared rows with the same label, with its 95 % interval (Wilson). */
  readonly labelAgreement: { readonly value: number; readonly interval: Interval }
  /**
   * Of the largest difference of a probability or value of each row: quantiles within 1.6 %, from 1.2e-7 to 8,192, beyond
   * which `max` alone is right. Rows that cannot be compared, as they have other outputs, are counted apart.
   */
  readonly difference: { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number }
  readonly incomparable: number
}

export type ShadowComparison = {
  /** Counts one message, of a caller that hears the channel itself. */
  observe(message: ChannelMessages['shadow']): void
  /** Hears the engine's channel until the function that it returns is called. */
  listen(source: ChannelSource): () => void
  /** By model and version, those heard last at the end. */
  report(): readonly ShadowAgreement[]
}

type Tally = {
  readonly model: string
  readonly version: string
  readonly histogram: Histogram
  readonly errors: Map<string, number>
  compared: number
  same: number
  incomparable: number
  max: number
}

/** A histogram tells 2⁻¹³ and more apart; a thousandth of that matters in probabilities. */
const scale = 1024

/** Versions remembered, 10 KB each; the one heard of longest ago goes first. */
const mostVersions = 64

/** The library has fewer codes of errors; what somebody else says on the channel must not fill the memory. */
const mostCodes = 64
const otherCodes = 'OTHER'

/**
 * Counts how a shadow version agrees with the one that answers, from the messages of the registry's shadow channel. Memory:
 * 10 KB a version, of at most 64.
 * @example
 * const shadow = createShadowComparison()
 * const stop = shadow.listen(await import('node:diagnostics_channel'))
 */
export function createShadowComparison(): ShadowComparison {
  const tallies = new Map<string, Tally>()

  function tallyOf(model: string, version: string): Tally {
    const key = `${model}@${version}`
    const found = tallies.get(key)
    const tally = found ?? newTally(model, version)
    tallies.delete(key)
    tallies.set(key, tally)
    if (tallies.size > mostVersions) for (const oldest of [...tallies.keys()].slice(0, 1)) tallies.delete(oldest)
    return tally
  }

  function observe({ model, version, code, difference = 0, isSameLabel }: ChannelMessages['shadow']): void {
    const tally = tallyOf(model, version)
    if (code !== undefined) return countError(tally.errors, code)
    tally.compared++
    if (isSameLabel === true) tally.same++
    if (!Number.isFinite(difference)) return void tally.incomparable++
    tally.histogram.record(difference * scale)
    tally.max = Math.max(tally.max, difference)
  }

  return {
    observe,
    listen(source) {
      // anybody may publish anything there, and Node ends the process where a listener throws
      const listener = (message: unknown): void => {
        if (isShadowMessage(message)) observe(message)
      }
      source.subscribe(channelNames.shadow, listener)
      return () => void source.unsubscribe(channelNames.shadow, listener)
    },
    report: () => [...tallies.values()].map(agreementOf),
  }
}

function isShadowMessage(message: unknown): message is ChannelMessages['shadow'] {
  const { model, version } = (message ?? {}) as Readonly<Record<string, unknown>>
  return typeof model === 'string' && typeof version === 'string'
}

function countError(errors: Map<string, number>, code: string): void {
  const counted = errors.size < mostCodes || errors.has(code) ? code : otherCodes
  errors.set(counted, (errors.get(counted) ?? 0) + 1)
}

function newTally(model: string, version: string): Tally {
  return {
    model,
    version,
    histogram: new Histogram(),
    errors: new Map(),
    compared: 0,
    same: 0,
    incomparable: 0,
    max: 0,
  }
}

function agreementOf({ model, version, histogram, errors, compared, same, incomparable, max }: Tally): ShadowAgreement {
  const quantile = (share: number) => Math.min(max, histogram.percentile(share) / scale)
  return {
    model,
    version,
    compared,
    errorsByCode: Object.fromEntries(errors),
    labelAgreement: { value: compared === 0 ? NaN : same / compared, interval: wilsonInterval(same, compared) },
    difference: { p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99), max },
    incomparable,
  }
}
