// One layer of a saved model in; its settings and weights, each checked, and the errors that name it out.

import { createError, type MLError } from '../../../src/errors.ts'
import { jsonTypeOf } from '../../formats/layers/json-kind.ts'
import type { LayerRecord } from '../../formats/layers/layer-record.ts'
import type { LayerWeight, LayerWeights } from '../../formats/layers/weight-files.ts'

export class LayerReader {
  readonly #record: LayerRecord
  readonly #weights: LayerWeights

  constructor(record: LayerRecord, weights: LayerWeights) {
    this.#record = record
    this.#weights = weights
  }

  get className(): string {
    return this.#record.className
  }

  /** A setting as it stands; undefined where it is not there or null. */
  setting(key: string): unknown {
    return Object.hasOwn(this.#record.config, key) ? (this.#record.config[key] ?? undefined) : undefined
  }

  number(key: string, fallback: number): number {
    const value = this.setting(key) ?? fallback
    if (typeof value === 'number' && Number.isFinite(value)) return value
    throw this.corrupt(key, 'a finite number', value)
  }

  flag(key: string, fallback: boolean): boolean {
    const value = this.setting(key) ?? fallback
    if (typeof value === 'boolean') return value
    throw this.corrupt(key, 'true or false', value)
  }

  /** A number for all columns, or a list with one for each. [width] */
  perColumn(key: string, fallback: number, width: number): Float64Array {
    const value = this.setting(key) ?? fallback
    const list: readonly unknown[] = Array.isArray(value) ? value : [value]
    if (list.length !== 1 && list.length !== width) throw this.corrupt(key, `1 or ${width} numbers`, value)
    if (!list.every((entry) => typeof entry === 'number' && Number.isFinite(entry)))
      throw this.corrupt(key, 'finite numbers', value)
    return Float64Array.from({ length: width }, (_, i) => list[list.length === 1 ? 0 : i] as number)
  }

  /** Name of an activation in one way of writing: `hardsigmoid` for hard_sigmoid and hardSigmoid. */
  activationName(key: string): string {
    const value = this.setting(key) ?? 'linear'
    if (typeof value === 'string') return value.slice(0, 60).replaceAll('_', '').toLowerCase()
    throw this.unsupported(`${key} that is ${jsonTypeOf(value)}`, 'Name the activation by a text.')
  }

  /** @throws FILE_CORRUPT where it is missing or its shape is not `shape`; −1 stands for any size of at least 1 */
  weight(part: string, shape: readonly number[]): LayerWeight {
    const weight = this.#weights.read(this.#weightName(part))
    const fits =
      weight.shape.length === shape.length &&
      weight.shape.every((size, i) => (shape[i] === -1 ? size > 0 : size === shape[i]))
    if (fits) return weight
    const expected = shape.map((size) => (size === -1 ? 'any' : size)).join(', ')
    throw this.corrupt(part, `a weight of shape [${expected}]`, `shape [${weight.shape.slice(0, 8).join(', ')}]`)
  }

  /** Tail of the kernel's shape that no other layer says; undefined where the layer has none. */
  kernelRowCount(): number | undefined {
    const name = this.#namesOf('kernel')[0]
    return name === undefined ? undefined : this.#weights.read(name).shape[0]
  }

  corrupt(what: string, expected: string, got: unknown): MLError {
    return createError(
      'FILE_CORRUPT',
      `${this.#place()}: ${what} must be ${expected}, got ${jsonTypeOf(got)}. Save the model again`,
      { details: { layer: this.#record.name } },
    )
  }

  unsupported(what: string, instead: string): MLError {
    return createError('UNSUPPORTED', `${this.#place()}: ${what} is not supported. ${instead}`, {
      details: { layer: this.#record.name, className: this.#record.className },
    })
  }

  #place(): string {
    return `layer ${jsonTypeOf(this.#record.name)} (${this.#record.className.slice(0, 60)})`
  }

  #weightName(part: string): string {
    const [found, second] = this.#namesOf(part)
    if (found === undefined) throw this.corrupt(part, 'among the weights', undefined)
    if (second !== undefined) throw this.corrupt(part, 'one weight', `${jsonTypeOf(found)} and ${jsonTypeOf(second)}`)
    return found
  }

  /** `dense/kernel`, or `sequential/dense/kernel` where a converter has put the model's name before it. */
  #namesOf(part: string): string[] {
    const name = `${this.#record.name}/${part}`
    if (this.#weights.names.includes(name)) return [name]
    return this.#weights.names.filter((candidate) => candidate.endsWith(`/${name}`))
  }
}
