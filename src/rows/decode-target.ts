// One classification target in, a decoder of its raw columns out: its label and the probabilities of its classes.

import type { ClassifierTarget } from '../artifact/head.ts'
import type { Scalar } from '../artifact/schema.ts'
import { createError } from '../errors.ts'

export type TargetAnswer = { readonly label: Scalar; readonly probabilities: number[] }

export type TargetDecoder = (raw: ArrayLike<number>, offset: number) => TargetAnswer

/** @throws VALIDATION_FAILED where the target's width does not fit its link and classes */
export function createTargetDecoder(target: ClassifierTarget): TargetDecoder {
  assertFits(target)
  const { classes, start, link, scale = 1, tie = 'first' } = target
  if (link === 'sigmoid')
    return (raw, offset) => {
      const margin = scale * raw[offset + start]
      const p = sigmoid(margin)
      // The margin decides, not p: p is exactly 0.5 for every margin below 1e-16.
      const isSecond = tie === 'second' ? margin >= 0 : margin > 0
      return { label: classes[isSecond ? 1 : 0], probabilities: [1 - p, p] }
    }
  if (link === 'identity' && target.width < classes.length)
    return (raw, offset) => {
      const p = raw[offset + start]
      const isSecond = tie === 'second' ? p >= 0.5 : p > 0.5
      return { label: classes[isSecond ? 1 : 0], probabilities: [clampUnit(1 - p), clampUnit(p)] }
    }
  const probabilitiesOf = link === 'each-sigmoid' ? eachSigmoid(scale) : inverseLinks[link]
  const count = classes.length
  return (raw, offset) => {
    const first = offset + start
    // Raw values decide, not probabilities, which may round to a tie. All links here rise with raw.
    let best = 0
    let top = raw[first]
    for (let k = 1; k < count; k++) {
      const value = raw[first + k]
      if (tie === 'second' ? value < top : value <= top) continue
      best = k
      top = value
    }
    return { label: classes[best], probabilities: probabilitiesOf(raw, first, count, top) }
  }
}

/** 1 / (1 + exp(−x)) without overflow. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x))
  const e = Math.exp(x)
  return e / (1 + e)
}

type InverseLink = (raw: ArrayLike<number>, first: number, count: number, top: number) => number[]

/** `count` raw values from `first` on to probabilities; `top` is the largest of them. */
const inverseLinks = {
  identity: (raw, first, count) => {
    const probabilities = new Array<number>(count)
    for (let k = 0; k < count; k++) probabilities[k] = clampUnit(raw[first + k])
    return probabilities
  },
  softmax,
  'ovr-sigmoid': (raw, first, count, top) => {
    let sum = 0
    for (let k = 0; k < count; k++) sum += sigmoid(raw[first + k])
    // Far below zero every sigmoid underflows; there sigmoid(x) is exp(x), and softmax is the same quotient.
    if (sum < Number.MIN_VALUE / Number.EPSILON) return softmax(raw, first, count, top)
    const probabilities = new Array<number>(count)
    for (let k = 0; k < count; k++) probabilities[k] = sigmoid(raw[first + k]) / sum
    return probabilities
  },
} as const satisfies Record<string, InverseLink>

/** Each class by itself: nothing is divided. */
function eachSigmoid(scale: number): InverseLink {
  return (raw, first, count) => {
    const probabilities = new Array<number>(count)
    for (let k = 0; k < count; k++) probabilities[k] = sigmoid(scale * raw[first + k])
    return probabilities
  }
}

/** A mean of float32 leaves may leave [0, 1] by a rounding; a probability must not. */
function clampUnit(p: number): number {
  return p < 0 ? 0 : p > 1 ? 1 : p
}

function softmax(raw: ArrayLike<number>, first: number, count: number, top: number): number[] {
  const probabilities = new Array<number>(count)
  let sum = 0
  for (let k = 0; k < count; k++) {
    const value = raw[first + k]
    // Where the largest is infinite, those that are share the probability: ∞ − ∞ would be NaN.
    const quotient = value === top ? 1 : Math.exp(value - top)
    probabilities[k] = quotient
    sum += quotient
  }
  for (let k = 0; k < count; k++) probabilities[k] /= sum
  return probabilities
}

function assertFits({ classes, width, link }: ClassifierTarget): void {
  const isBinary = classes.length === 2 && width === 1
  const fits = link === 'sigmoid' ? isBinary : width === classes.length || (link === 'identity' && isBinary)
  if (fits && width > 0) return
  throw createError(
    'VALIDATION_FAILED',
    `the head decodes ${classes.length} classes from ${width} raw columns by ${link}; expected ${link === 'sigmoid' ? '2 classes and 1 column' : 'one column a class'}`,
    { details: { link, classes: classes.length, width } },
  )
}
