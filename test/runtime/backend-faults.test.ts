// A named backend that is away for a while: what callers, health and log hear, and that the model comes back by itself.
import { expect, onTestFinished, test } from 'vitest'
import { sha256Hex } from '../../src/artifact/sha256.ts'
import type { Candidate } from '../../src/backend/choice/candidates.ts'
import type { Backend, BackendHealth } from '../../src/backend/port.ts'
import { createCpuBackend } from '../../src/backend/tfjs/cpu.ts'
import { createError } from '../../src/errors.ts'
import { silentPublish } from '../../src/observe/channels.ts'
import { systemClock } from '../../src/observe/clock.ts'
import { createModelStats } from '../../src/observe/stats.ts'
import { createFallback } from '../../src/resilience/fallback.ts'
import type { FallbackRule } from '../../src/resilience/rules.ts'
import { resolveServingOptions, type ServingOptions } from '../../src/runtime/options.ts'
import { ModelPredictor } from '../../src/runtime/predictor.ts'
import { startEngine } from '../../src/runtime/start-engine.ts'
import { artifactFiles, heldOut } from '../helpers/artifacts.ts'

const { rows, expected } = heldOut('telco_churn')
const outage =
  'backend native was lost too often within a minute: killed by SIGKILL; it is tried again by itself after 10 s'

/** cpu under another name, which is away when it is told to be. */
function createBackend(script: { health: BackendHealth }): Backend {
  const cpu = createCpuBackend()
  return {
    ...cpu,
    name: 'native',
    health: () => script.health,
    async load(artifact) {
      const model = await cpu.load(artifact)
      return {
        mode: 'async',
        async run(...batch) {
          // longer than a timer that fires at once
          await new Promise((resolve) => setTimeout(resolve, 3))
          if (script.health.outage !== undefined)
            throw createError('BACKEND_UNAVAILABLE', script.health.outage, { retryAfterMs: 10_000 })
          await model.run(...batch)
        },
        dispose: () => model.dispose(),
      }
    },
  }
}

async function serve(backend: 'native' | 'auto', rule?: FallbackRule, options: ServingOptions = {}) {
  const lines: [level: string, facts: object, message: string][] = []
  const note = (level: string) => (facts: object, message: string) => void lines.push([level, facts, message])
  const logger = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') }
  const script: { health: BackendHealth } = { health: { restartCount: 0 } }
  const candidates: Candidate[] = [{ name: 'native', backend: createBackend(script) }]
  const clock = systemClock
  const platform = { clock, defer: (callback: () => void) => void setImmediate(callback), hash: sha256Hex }
  const stats = createModelStats({ clock })
  const serving = resolveServingOptions({
    backend,
    logger,
    caching: false,
    breaker: { failureThreshold: 100 },
    ...options,
  })
  const files = await artifactFiles('telco_churn')
  const where = 'the artifact'
  const engine = await startEngine(files, { where, serving, platform, stats, publish: silentPublish, candidates })
  const { name, version, schema } = engine
  const fallback = rule && createFallback({ model: name, version, ruleName: 'rule', rule, schema })
  const predictor = new ModelPredictor({
    name,
    state: () => ({ kind: 'loaded', engine }),
    fallbackFor: () => fallback,
    cache: undefined,
    stats,
    platform,
    publish: silentPublish,
    onClose: () => engine.close(),
  })
  onTestFinished(() => predictor.close())
  const errors = () => lines.filter(([level]) => level === 'error')
  return { predictor, script, errors }
}

test.each(['native', 'auto'] as const)(
  'says everywhere that %s has no backend left, once in the log',
  async (backend) => {
    const { predictor, script, errors } = await serve(backend)
    script.health = { restartCount: 3, lastLoss: 'killed by SIGKILL', outage }
    for (let batch = 0; batch < 3; batch++)
      await expect(predictor.predict(rows[0])).rejects.toMatchObject({
        code: 'BACKEND_UNAVAILABLE',
        message: outage,
        retryAfterMs: 10_000,
      })
    expect(predictor.getHealth()).toMatchObject({ status: 'unhealthy', backend: { picked: 'native', outage } })
    expect(predictor.getHealth().reasons).toContainEqual({ kind: 'backend', text: outage })
    const who = { model: 'telco_churn', version: '1.0.0', backend: 'native' }
    expect(errors()[0]).toEqual(['error', { ...who, cause: outage }, expect.stringContaining('away')])
    // auto looked for another one, too
    expect(errors()).toHaveLength(backend === 'auto' ? 2 : 1)
  },
)

test.each(['native', 'auto'] as const)('serves by %s again when its backend is back', async (backend) => {
  const { predictor, script } = await serve(backend)
  script.health = { restartCount: 3, lastLoss: 'killed', outage }
  await expect(predictor.predict(rows[0])).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' })
  script.health = { restartCount: 4, lastLoss: 'killed' }
  const answers = await Promise.all(rows.slice(0, 30).map((row) => predictor.predict(row)))
  expect(answers.map(({ label, source }) => [label, source])).toEqual(
    expected.predict.slice(0, 30).map((label) => [label, 'model']),
  )
  const health = predictor.getHealth()
  expect(health.reasons.filter(({ kind }) => kind === 'backend')).toEqual([])
  expect(health.backend).toMatchObject({ restartCount: 4, lastLoss: 'killed' })
})

test('is degraded, not unhealthy, where a rule answers for a backend that is away', async () => {
  const { predictor, script } = await serve('native', () => ({ label: 'no' }))
  script.health = { restartCount: 3, lastLoss: 'killed', outage }
  expect(await predictor.predict(rows[0])).toMatchObject({ label: 'no', source: 'fallback' })
  expect(predictor.getHealth()).toMatchObject({ status: 'degraded', backend: { outage } })
})

test('is unhealthy before anybody has asked a backend that is away', async () => {
  const { predictor, script } = await serve('native')
  script.health = { restartCount: 3, lastLoss: 'killed', outage }
  expect(predictor.getHealth()).toMatchObject({ status: 'unhealthy', reasons: [{ kind: 'backend', text: outage }] })
})

test.each([Infinity, 1e12])('takes a time budget of %d ms for one that no run exceeds', async (timeBudgetMs) => {
  const { predictor } = await serve('native', undefined, { timeBudgetMs })
  expect(await predictor.predict(rows[0])).toMatchObject({ label: expected.predict[0] })
  expect(predictor.getHealth().status).toBe('healthy')
})
