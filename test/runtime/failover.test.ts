// A predictor whose backend gives out in mid-batch: callers are answered, health is degraded and says why, the log too.
import { expect, onTestFinished, test } from 'vitest'
import { sha256Hex } from '../../src/artifact/sha256.ts'
import type { Candidate } from '../../src/backend/choice/candidates.ts'
import type { Backend } from '../../src/backend/port.ts'
import { createCpuBackend } from '../../src/backend/tfjs/cpu.ts'
import { createWasmBackend } from '../../src/backend/tfjs/wasm.ts'
import { createError, isMLError } from '../../src/errors.ts'
import { silentPublish } from '../../src/observe/channels.ts'
import { systemClock } from '../../src/observe/clock.ts'
import { createModelStats } from '../../src/observe/stats.ts'
import { resolveServingOptions, type ServingOptions } from '../../src/runtime/options.ts'
import { ModelPredictor } from '../../src/runtime/predictor.ts'
import { startEngine } from '../../src/runtime/start-engine.ts'
import { artifactFiles, heldOut } from '../helpers/artifacts.ts'

const { rows, expected } = heldOut('telco_churn')
const wanted = expected.predict

type Card = { readonly backend: Backend; fail: Error | undefined; restartCount: number; modelCount: number }

/** cpu, looking like a card in another process: answers come later, and it gives out when it is told to. */
function createCard(): Card {
  const cpu = createCpuBackend()
  const card: Card = {
    fail: undefined,
    restartCount: 0,
    modelCount: 0,
    backend: {
      ...cpu,
      name: 'cuda',
      open: () => Promise.resolve({ library: 'TensorFlow', device: { kind: 'gpu', name: 'card 0', driver: '560' } }),
      health: () => ({ restartCount: card.restartCount, ...(card.restartCount > 0 && { lastLoss: 'killed' }) }),
      async load(artifact) {
        const model = await cpu.load(artifact)
        card.modelCount++
        return {
          mode: 'async',
          async run(...batch) {
            await Promise.resolve()
            if (card.fail !== undefined) throw card.fail
            await model.run(...batch)
          },
          dispose() {
            card.modelCount--
            model.dispose()
          },
        }
      },
    },
  }
  return card
}

async function serve(options: ServingOptions = {}) {
  const lines: [string, object, string][] = []
  const note = (level: string) => (facts: object, message: string) => void lines.push([level, facts, message])
  const logger = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') }
  const card = createCard()
  const candidates: Candidate[] = [
    { name: 'cuda', backend: card.backend },
    { name: 'wasm', backend: createWasmBackend() },
  ]
  const clock = systemClock
  const platform = { clock, defer: (callback: () => void) => void setImmediate(callback), hash: sha256Hex }
  const stats = createModelStats({ clock })
  const serving = resolveServingOptions({ ...options, logger })
  const engine = await startEngine(await artifactFiles('telco_churn'), {
    where: 'the artifact',
    serving,
    platform,
    stats,
    publish: silentPublish,
    candidates,
  })
  const predictor = new ModelPredictor({
    name: 'telco_churn',
    state: () => ({ kind: 'loaded', engine }),
    fallbackFor: () => undefined,
    cache: undefined,
    stats,
    platform,
    publish: silentPublish,
    onClose: () => engine.close(),
  })
  onTestFinished(() => predictor.close())
  return { predictor, card, lines }
}

test.each([
  ['has no memory left', createError('OUT_OF_MEMORY', 'the card is full')],
  ['is gone for good', createError('BACKEND_UNAVAILABLE', 'its process died too often')],
])('answers every caller where the card %s while they wait', async (_, fail) => {
  const { predictor, card, lines } = await serve({ batching: { maxRows: 64 } })
  expect(predictor.getHealth()).toMatchObject({ status: 'healthy', backend: { picked: 'cuda' } })
  expect(lines.at(-1)?.[1]).toMatchObject({ backend: 'cuda', device: 'card 0, driver 560' })
  const early = predictor.predict(rows[0])
  card.fail = fail
  const answers = await Promise.all([early, ...rows.slice(1, 300).map((row) => predictor.predict(row))])
  expect(answers.map(({ label }) => label)).toEqual(wanted.slice(0, 300))
  const why = `moved from cuda to wasm: ${fail.code}, ${fail.message}`
  expect(predictor.getHealth()).toMatchObject({
    status: 'degraded',
    reasons: [{ kind: 'backend', text: why }],
    backend: { picked: 'wasm', movedFrom: 'cuda', why },
    breaker: 'closed',
    stats: { errors: 0, successes: 300 },
  })
  expect(lines.filter(([level]) => level === 'warn')).toEqual([
    [
      'warn',
      { model: 'telco_churn', version: '1.0.0', backend: 'wasm', from: 'cuda', why },
      'model moved to another backend',
    ],
  ])
  expect(card.modelCount).toBe(0)
})

test('keeps a card that was asked for by name, with its own error', async () => {
  const { predictor, card } = await serve({ backend: 'cuda' })
  card.fail = createError('OUT_OF_MEMORY', 'the card is full')
  await expect(predictor.predict(rows[0])).rejects.toMatchObject({ code: 'OUT_OF_MEMORY' })
  const entries = await predictor.predictBatch(rows.slice(0, 3))
  expect(entries.every((entry) => isMLError(entry))).toBe(true)
  expect(predictor.getHealth().backend?.picked).toBe('cuda')
  card.fail = undefined
  expect((await predictor.predict(rows[1])).label).toBe(wanted[1])
})

test('logs that the card was lost and came back, once, and counts it in health', async () => {
  const { predictor, card, lines } = await serve()
  card.restartCount = 1
  await predictor.predict(rows[0])
  await predictor.predict(rows[1])
  expect(predictor.getHealth().backend).toMatchObject({ picked: 'cuda', restartCount: 1, lastLoss: 'killed' })
  expect(lines.filter(([level]) => level === 'warn').map(([, facts]) => facts)).toEqual([
    { model: 'telco_churn', version: '1.0.0', backend: 'cuda', restartCount: 1, reason: 'killed' },
  ])
})
