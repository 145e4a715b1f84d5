// Runs, loads, deaths, answers and ends in any order: what callers get.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { BackendModel } from '../../../src/backend/port.ts'
import { isMLError } from '../../../src/errors.ts'
import {
  createScriptedBackend,
  endTurn,
  outcomeOf,
  runRow,
  type ScriptedHost,
  smallArtifact,
} from '../../helpers/scripted-host.ts'

type StepKind = keyof typeof weights
type Step = { readonly kind: StepKind; readonly pick: number }

/** How often each comes, roughly as in life, only with more deaths. */
const weights = { load: 4, run: 14, answer: 24, dispose: 1, die: 3, lose: 1, pass: 4, close: 1 } as const
const stepKinds = Object.entries(weights).flatMap(([kind, weight]) => new Array(weight).fill(kind) as StepKind[])

/** A scripted host that is asked what a real one could not do says RangeError, which is none of these. */
const refusal = /^(BACKEND_UNAVAILABLE .*|CLOSED .*|(EXECUTION|MODEL_LOAD)_FAILED .*no answer within \d+ ms)$/
const textOf = (error: unknown): string => (isMLError(error) ? `${error.code} ${error.message}` : String(error))

/** Plays the steps, lets the last host answer everything that is left, and gives what became of each call. */
async function play(steps: readonly Step[]) {
  const { backend, hosts, clock } = createScriptedBackend({ runDeadlineMs: 4000 })
  const models: BackendModel[] = []
  const runs: { readonly expected: number; readonly outcome: ReturnType<typeof outcomeOf> }[] = []
  const others: ReturnType<typeof outcomeOf>[] = []
  const living = (): ScriptedHost | undefined => hosts.all.find(({ isGone }) => !isGone)
  for (const [i, { kind, pick }] of steps.entries()) {
    const model = models.length === 0 ? undefined : models[pick % models.length]
    if (kind === 'load') {
      const loading = backend.load(smallArtifact)
      others.push(outcomeOf(loading))
      loading.then(
        (loaded) => models.push(loaded),
        () => undefined,
      )
    } else if (kind === 'run' && model !== undefined) {
      runs.push({ expected: 2 * i, outcome: outcomeOf(runRow(model, i)) })
    } else if (kind === 'answer') {
      if (living()?.pending.length) living()?.answer()
    } else if (kind === 'dispose') model?.dispose()
    else if (kind === 'die') living()?.die()
    else if (kind === 'lose') living()?.say({ kind: 'lost', reason: 'device lost' })
    else if (kind === 'pass') clock.advance([1, 10, 100, 1000, 5000, 70_000][pick % 6])
    else {
      models.length = 0
      others.push(outcomeOf(backend.close()))
    }
    if (pick % 2 === 0) await endTurn()
  }
  for (let round = 0; round < 12; round++) {
    for (const host of hosts.all) if (!host.isGone && !host.isAskedToEnd) host.answerAll()
    clock.advance(10)
    await endTurn()
  }
  const countAlive = () => hosts.all.filter(({ isGone }) => !isGone).length
  const aliveCount = countAlive()
  const closing = outcomeOf(backend.close())
  clock.advance(3000)
  await endTurn()
  return { runs, others: [...others, closing], aliveCount, leftCount: countAlive(), timerCount: clock.pendingTimers }
}

test('settles every call exactly once and with its own answer, whatever happens in between', async () => {
  const step = fc.record({ kind: fc.constantFrom(...stepKinds), pick: fc.nat(99) })
  const steps = fc.array(step, { minLength: 30, maxLength: 90, size: 'max' })
  let answered = 0
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      const { runs, others, aliveCount, leftCount, timerCount } = await play(script)
      for (const { expected, outcome } of runs) {
        expect(outcome.count).toBe(1)
        if (outcome.settled !== expected) expect(textOf(outcome.settled)).toMatch(refusal)
        else answered++
      }
      for (const { count, settled } of others) {
        expect(count).toBe(1)
        if (isMLError(settled)) expect(textOf(settled)).toMatch(refusal)
      }
      expect(aliveCount).toBeLessThanOrEqual(1)
      expect({ leftCount, timerCount }).toEqual({ leftCount: 0, timerCount: 0 })
    }),
    { numRuns: 1000, seed: 20261122 },
  )
  expect(answered).toBeGreaterThan(1000)
})
