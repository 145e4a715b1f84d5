// Gates and the report of a conversion in; what was measured for each, and an error where one is missed, out.

import { createError } from '../../src/errors.ts'
import { nameHint } from '../../src/rows/nearest-name.ts'
import { isRecord } from '../check/golden-rows.ts'
import type { ConversionReport } from '../report/report.ts'
import type { GateName, GateResult, Gates, GateUnit } from './gate.ts'
import { type GateCode, gateNames, type GateRule, gateTable, type GivenOption, type Measured } from './gate-table.ts'
import { parseSizeBound } from './size-bound.ts'

/** @throws INPUT_INVALID where a gate is unknown, has a bound that it cannot have, or lacks the rows to measure on */
export function assertGates(gates: unknown, given: Partial<Record<GivenOption, unknown>>): void {
  if (gates === undefined) return
  if (!isRecord(gates)) throw invalid('', `an object with some of ${gateNames.join(', ')}`, gates)
  for (const [name, bound] of Object.entries(gates)) {
    if (!isGateName(name)) throw invalid(`.${name}`, `a gate; ${nameHint(name, gateNames)}`, bound)
    if (bound === undefined) continue
    const { range, rows }: GateRule = gateTable[name]
    if (name === 'maxSize' ? parseSizeBound(bound) === undefined : !isWithin(bound, range))
      throw invalid(`.${name}`, name === 'maxSize' ? sizeTexts : rangeText(range), bound)
    if (rows.length > 0 && rows.every((option) => given[option] === undefined))
      throw invalid(`.${name}`, `given together with ${rows.join(' or ')}, the rows that it is measured on`, bound)
  }
}

/** In the order of the table. @throws INPUT_INVALID where a gate asks for what the model does not have */
export function measureGates(gates: Gates = {}, report: Measured): GateResult[] {
  return gateNames.flatMap((gate): GateResult[] => {
    const wished = gates[gate]
    if (wished === undefined) return []
    const rule: GateRule = gateTable[gate]
    const size = gate === 'maxSize' ? parseSizeBound(wished) : undefined
    const bound = size?.most ?? Number(wished)
    const unit = size?.unit ?? rule.unit
    const measured = unit === 'share' ? (report.bytes.ratio ?? undefined) : rule.measure(report)
    if (measured === undefined)
      throw invalid(`.${gate}`, `given for ${unit === 'share' ? 'a model that has weights' : rule.needs}`, wished)
    return [{ gate, bound, measured, unit, isPassed: rule.side === 'at most' ? measured <= bound : measured >= bound }]
  })
}

/** Undefined where all gates of the report hold. */
export function missedGates(report: ConversionReport): Error | undefined {
  const missed = report.gates.filter(({ isPassed }) => !isPassed)
  if (missed.length === 0) return undefined
  const texts = missed.map(
    ({ gate, bound, measured, unit }) =>
      `${gate} must be ${gateTable[gate].side} ${amountText(bound, unit)}, got ${amountText(measured, unit)}`,
  )
  return createError(
    codeOf(missed),
    `the conversion misses ${missed.length === 1 ? 'a gate' : `${missed.length} gates`}, so nothing was written: ${texts.join('; ')}. ` +
      'Loosen the gate, or see the report for what each tensor takes and how answers moved',
    { details: { report, missedGates: missed.map(({ gate }) => gate) } },
  )
}

/** As people read it. */
export function amountText(amount: number, unit: GateUnit): string {
  switch (unit) {
    case 'bytes':
      return `${String(Math.round(amount)).replace(/\B(?=(\d{3})+$)/g, ',')} bytes`
    case 'share':
      return `${Number((100 * amount).toPrecision(4))} % of plain weights`
    case 'rows':
      return `${amount} row${amount === 1 ? '' : 's'}`
    case 'number':
      return String(Number(amount.toPrecision(6)))
    default:
      return unit satisfies never
  }
}

function rangeText([lowest, highest]: GateRule['range']): string {
  return highest === Infinity ? `a number of at least ${lowest}` : `a number from ${lowest} to ${highest}`
}

const sizeTexts = 'a number of bytes, a text such as "300 KiB", or a share such as "30%"'

/** Wrong answers weigh more than a lost accuracy, and that more than bytes. */
const gravest = ['PARITY_FAILED', 'ACCURACY_BELOW_FLOOR', 'LIMIT_EXCEEDED'] as const satisfies readonly GateCode[]

function codeOf(missed: readonly GateResult[]): GateCode {
  const codes = missed.map(({ gate }): GateCode => gateTable[gate].code)
  return gravest.find((code) => codes.includes(code)) ?? gravest[0]
}

function isWithin(bound: unknown, [lowest, highest]: GateRule['range']): boolean {
  return typeof bound === 'number' && bound >= lowest && bound <= highest
}

function isGateName(name: string): name is GateName {
  return Object.hasOwn(gateTable, name)
}

function invalid(place: string, expectation: string, got: unknown): Error {
  return createError(
    'INPUT_INVALID',
    `option gates${place} of convertModel must be ${expectation}; got ${JSON.stringify(got)}`,
    { details: { option: `gates${place}` } },
  )
}
