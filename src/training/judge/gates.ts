// What a run measured and what training.json demands in, one verdict a gate out.

import type { PairedDifference } from '../metrics/bootstrap.ts'
import type { Measures } from '../metrics/measures.ts'
import type { GateConfig } from '../training-config.ts'

export type GateName = 'accuracy' | 'calibration' | 'quantization' | 'parity' | 'latency' | 'bytes' | 'production'

/** One demand of training.json, and what the run measured. */
export type Gate = {
  readonly name: GateName
  readonly passed: boolean
  readonly measured: number
  readonly bound: number
  /** What was asked and what was found, for people. */
  readonly text: string
}

export type GateInput = {
  readonly config: GateConfig
  readonly artifact: Measures
  /** Accuracy of the source's tables less that of the artifact, on the same rows. */
  readonly quantizationLoss: number
  readonly parity: { readonly rowCount: number; readonly use: number } | null
  readonly p95Ms: number
  readonly byteLength: number
  readonly production:
    | { readonly kind: 'none' }
    | { readonly kind: 'same'; readonly version: string }
    | { readonly kind: 'unlike'; readonly version: string; readonly reason: string }
    | ({ readonly kind: 'compared'; readonly version: string } & PairedDifference)
}

export const defaultQuantizationLoss = 0.02

export function judge(input: GateInput): Gate[] {
  const { config, artifact, quantizationLoss: loss, p95Ms, byteLength } = input
  const { accuracyFloor, maxCalibrationError, latencyTargetMs, maxBytes } = config
  const { maxQuantizationLoss = defaultQuantizationLoss } = config
  const accuracy = artifact.measures.accuracy.value
  const [low, high] = artifact.measures.accuracy.interval
  const error = artifact.measures.calibrationError.value
  return [
    gate('accuracy', accuracy >= accuracyFloor, accuracy, accuracyFloor, [
      `accuracy on ${artifact.rowCount} held-out rows at least ${accuracyFloor}`,
      `${share(accuracy)} (95 %: ${share(low)} to ${share(high)})`,
    ]),
    gate('calibration', error <= maxCalibrationError, error, maxCalibrationError, [
      `expected calibration error at most ${maxCalibrationError}`,
      share(error),
    ]),
    gate('quantization', loss <= maxQuantizationLoss, loss, maxQuantizationLoss, [
      `accuracy lost by quantizing at most ${maxQuantizationLoss}`,
      share(loss),
    ]),
    parityGate(input),
    gate('latency', p95Ms <= latencyTargetMs, p95Ms, latencyTargetMs, [
      `p95 of a single prediction at most ${latencyTargetMs} ms`,
      `${p95Ms.toFixed(4)} ms`,
    ]),
    gate('bytes', byteLength <= maxBytes, byteLength, maxBytes, [
      `artifact of at most ${maxBytes} bytes`,
      `${byteLength} bytes`,
    ]),
    productionGate(input.production),
  ]
}

/** `use` is the share of the converter's own tolerance that the worst golden answer took. */
function parityGate({ parity }: GateInput): Gate {
  if (parity === null) return gate('parity', false, 0, 1, ['golden answers of the source', 'there were none'])
  return gate('parity', parity.use <= 1, parity.use, 1, [
    `answers of ${parity.rowCount} golden rows within the converter's tolerance`,
    `${(100 * parity.use).toFixed(1)} % of it used`,
  ])
}

/** Fails only where the new version is worse beyond noise: the whole interval of the difference lies below 0. */
function productionGate(production: GateInput['production']): Gate {
  const asked = 'no worse than production beyond noise, on the same rows'
  switch (production.kind) {
    case 'none':
      return gate('production', true, 0, 0, [asked, 'there is no production version'])
    case 'same':
      return gate('production', true, 0, 0, [asked, `production ${production.version} has the same bytes`])
    case 'unlike':
      return gate('production', true, 0, 0, [
        asked,
        `${production.version} cannot answer these rows: ${production.reason}`,
      ])
    case 'compared': {
      const { version, difference, interval } = production
      return gate('production', interval[1] >= 0, difference, 0, [
        asked,
        `accuracy − that of ${version} = ${share(difference)} (95 %: ${share(interval[0])} to ${share(interval[1])})`,
      ])
    }
  }
}

function gate(
  name: GateName,
  passed: boolean,
  measured: number,
  bound: number,
  [asked, found]: readonly [asked: string, found: string],
): Gate {
  return { name, passed, measured, bound, text: `${asked}: ${found}` }
}

function share(value: number): string {
  return value.toFixed(4)
}
