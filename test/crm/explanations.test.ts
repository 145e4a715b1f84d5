// Explanations one after the other, in the order of their callers, and of the output that speaks for class 1.
import { expect, test } from 'vitest'
import { createExplanations } from '../../src/crm/explanations.ts'
import { churnRow } from '../../src/crm/lead-features.ts'
import { createError } from '../../src/errors.ts'
import type { Explanation, ExplainOptions } from '../../src/explain/explanation.ts'
import type { ModelPredictor } from '../../src/runtime/predictor.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'
import { knownLead, settled } from '../helpers/crm-scene.ts'

const row = churnRow(knownLead, 14)
const explanation = { method: 'tree-shap', contributions: [] } as unknown as Explanation

function predictorThat(explain: (options: ExplainOptions) => Promise<Explanation>, classes?: readonly number[]) {
  const schema = classes && { classes }
  return {
    version: '1.0.0',
    schema,
    explain: (_row: unknown, options: ExplainOptions) => explain(options),
  } as unknown as ModelPredictor
}

test('are made in the order in which they were asked for, so that nobody passes those who wait', async () => {
  const clock = createFakeClock()
  const { explain } = createExplanations('m', clock, 200)
  const made: string[] = []
  const named = (name: string) =>
    predictorThat(async () => {
      await Promise.resolve()
      made.push(name)
      return explanation
    })
  const caller = async (name: string) => {
    for (let call = 1; call <= 2; call++) await explain(named(`${name}${call}`), row, undefined)
  }
  await Promise.all([caller('a'), caller('b'), caller('c')])
  expect(made).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'c2'])
  expect(clock.pendingTimers).toBe(0)
})

test('that only had no turn in time are no reason to ask for none', async () => {
  const clock = createFakeClock()
  const { explain } = createExplanations('m', clock, 200)
  const quick = predictorThat(() => new Promise((resolve) => clock.setTimer(() => resolve(explanation), 50)))
  const late: Promise<unknown>[] = []
  const isLate = (asked: Promise<unknown>) =>
    late.push(expect(asked).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' }))
  isLate(
    explain(
      predictorThat(() => new Promise(() => undefined)),
      row,
      undefined,
    ),
  )
  for (let caller = 0; caller < 2; caller++) {
    clock.advance(10)
    isLate(explain(quick, row, undefined))
  }
  // the first holds up the others, whose turns come 10 ms before their time is up
  for (const step of [180, 10, 10]) {
    await settled()
    clock.advance(step)
  }
  await Promise.all(late)
  const asked = explain(quick, row, undefined)
  await settled()
  clock.advance(50)
  expect(await asked).toBe(explanation)
})

test('of which one never ends hold up the others no longer than their time, and are told to stop', async () => {
  const clock = createFakeClock()
  const { explain } = createExplanations('m', clock, 200)
  const signals: (AbortSignal | undefined)[] = []
  const stuck = predictorThat(({ signal }) => {
    signals.push(signal)
    return new Promise(() => undefined)
  })
  const never = explain(stuck, row, undefined)
  clock.advance(100)
  const waiting = explain(
    predictorThat(() => Promise.resolve(explanation)),
    row,
    undefined,
  )
  await settled()
  const late = expect(never).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
  clock.advance(100)
  await late
  expect(await waiting).toBe(explanation)
  expect(signals.map((signal) => signal?.aborted)).toEqual([true])
})

test('ask for the second output of two, and of a single margin the only one from then on', async () => {
  const { explain } = createExplanations('m', createFakeClock(), 200)
  const asked: (number | undefined)[] = []
  const two = predictorThat(
    ({ output }) => {
      asked.push(output)
      return Promise.resolve(explanation)
    },
    [0, 1],
  )
  await explain(two, row, undefined)
  const single = predictorThat(
    ({ output }) => {
      asked.push(output)
      return output === 0 ? Promise.resolve(explanation) : Promise.reject(createError('INPUT_INVALID', 'only output 0'))
    },
    [0, 1],
  )
  await explain(single, row, undefined)
  await explain(single, row, undefined)
  const regressor = predictorThat(({ output }) => {
    asked.push(output)
    return Promise.resolve(explanation)
  })
  await createExplanations('n', createFakeClock(), 200).explain(regressor, row, undefined)
  expect(asked).toEqual([1, 1, 0, 0, 0])
})
