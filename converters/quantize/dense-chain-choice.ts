// A dense chain, rows of its inputs and a way to measure answers in; the smallest storage whose answers stay near out.

import type { DenseLayer } from '../../src/regions/dense-chain.ts'
import type { AnswerShift } from './answer-shift.ts'
import { floatBytes, planLadder, smallChainBytes } from './dense-chain-ladder.ts'
import { type StoredChain, storeDenseChain } from './dense-chain-storage.ts'
import type { QuantizeMode } from './quantize-mode.ts'

export type ChosenChain = StoredChain & {
  /** Position in the ladder of plans, and whether it is the last. */
  readonly level: number
  readonly isWidest: boolean
  /** Why weights take more than the mode asked for, where they do. */
  readonly escalated?: string
}

export type ChainChoiceOptions = {
  readonly mode: QuantizeMode
  /** Inputs of the chain to round for. */
  readonly rows: readonly Float64Array[]
  /** True where the model says how large each input is. */
  readonly knowsInputs: boolean
  /** What the answers of the whole model do when the chain is stored so. */
  readonly measure: (stored: StoredChain) => AnswerShift
  /** First plan of the ladder to consider, and why those before were refused. */
  readonly firstLevel: number
  readonly refusal: string
  /** Golden answers will judge: then no plan is larger than promised on the word of made-up rows alone. */
  readonly isJudged: boolean
}

/** Half of what parity allows: the rows measured are made up, and real ones are different. */
const comfortableBarUse = 0.5

/**
 * Past this, size gives way to accuracy. Made-up rows lie farther out than real ones, which deep chains feel most; a
 * linear model is held to the bar itself, and to less where nothing says how large its inputs are.
 */
function bearableBarUse(layerCount: number, knowsInputs: boolean): number {
  if (layerCount > 1) return 1.5
  return knowsInputs ? 1 : comfortableBarUse
}

type Candidate = { readonly stored: StoredChain; readonly level: number; readonly shift: AnswerShift }

export function chooseDenseChain(layers: readonly DenseLayer[], options: ChainChoiceOptions): ChosenChain {
  const { mode, rows, knowsInputs, measure } = options
  const ladder = planLadder(layers, mode, knowsInputs)
  const last = ladder.length - 1
  const reasons: string[] = []
  const bearable = bearableBarUse(layers.length, knowsInputs)
  let best: Candidate | undefined
  for (let level = Math.min(options.firstLevel, last); level <= last; level++) {
    const plan = ladder[level]
    // Larger than promised, and not needed: the best of the smaller ones stays within what parity allows.
    if (!plan.isWithinSize && best !== undefined && (options.isJudged || best.shift.barUse <= bearable)) break
    const stored = storeDenseChain(layers, plan.layers, rows)
    const shift = measure(stored)
    if (best === undefined || shift.barUse < best.shift.barUse) best = { stored, level, shift }
    if (shift.barUse <= comfortableBarUse) break
    reasons.push(`with ${plan.layers.map(({ weights }) => weights).join(', ')} ${shift.text}`)
  }
  const chosen = best as Candidate // The ladder has at least one plan.
  const escalated = escalation(layers, { options, level: chosen.level, reasons })
  return { ...chosen.stored, level: chosen.level, isWidest: chosen.level === last, ...escalated }
}

function escalation(
  layers: readonly DenseLayer[],
  chosen: { readonly options: ChainChoiceOptions; readonly level: number; readonly reasons: readonly string[] },
): { escalated?: string } {
  const { options, level, reasons } = chosen
  const bytes = floatBytes(layers)
  if (options.mode === 'uint8' && bytes < smallChainBytes)
    return { escalated: `the weights take ${bytes} bytes as float32: too few for rounding to be worth it` }
  if (options.firstLevel > 0 && level >= options.firstLevel)
    return { escalated: `${options.refusal} with smaller weights` }
  return level > 0 && reasons.length > 0 ? { escalated: reasons.join('; ') } : {}
}
