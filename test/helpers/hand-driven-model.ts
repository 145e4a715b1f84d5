// A predictor on a real artifact whose backend, clock and turn of the event loop a test holds in its hands.

import { onTestFinished } from 'vitest'
import { decodeWeights } from '../../src/artifact/decode-tensor.ts'
import { readArtifact } from '../../src/artifact/read-artifact.ts'
import { sha256Hex } from '../../src/artifact/sha256.ts'
import type { BackendModel } from '../../src/backend/port.ts'
import { type Publish, silentPublish } from '../../src/observe/channels.ts'
import { createRequestLog } from '../../src/observe/request-log.ts'
import { createModelStats } from '../../src/observe/stats.ts'
import type { Tracing } from '../../src/observe/tracing.ts'
import { restoreRegions } from '../../src/regions/store.ts'
import { createFallback } from '../../src/resilience/fallback.ts'
import type { FallbackRule } from '../../src/resilience/rules.ts'
import { createEncoder } from '../../src/rows/encode.ts'
import { Engine } from '../../src/runtime/engine.ts'
import { resolveServingOptions, type ServingOptions } from '../../src/runtime/options.ts'
import { ModelPredictor } from '../../src/runtime/predictor.ts'
import { openSharedCache } from '../../src/runtime/shared-cache.ts'
import { artifactFiles } from './artifacts.ts'
import { createFakeClock } from './fake-clock.ts'

export type HandDrivenOptions = ServingOptions & {
  readonly mode?: BackendModel['mode']
  readonly rule?: FallbackRule
  readonly publish?: Publish
  readonly spans?: Tracing
}

/** The model's raw column is the number of service calls, so that every row has an answer of its own. */
export async function createHandDrivenModel(given: HandDrivenOptions = {}) {
  const { mode = 'sync', rule, publish = silentPublish, spans, ...options } = given
  const clock = createFakeClock()
  const turns: (() => void)[] = []
  const platform = {
    clock,
    defer: (callback: () => void) => void turns.push(callback),
    hash: sha256Hex,
    tracing: spans,
  }
  const calls: number[] = []
  const releases: (() => void)[] = []
  const script = { fail: undefined as unknown, raw: undefined as number | undefined, busyMs: 0 }
  const artifact = readArtifact(await artifactFiles('telco_churn'), { hash: sha256Hex })
  const model: BackendModel = {
    mode,
    run(_inputs, rowCount, [output]) {
      calls.push(rowCount)
      clock.block(script.busyMs)
      if (script.fail !== undefined) throw script.fail as Error
      for (let i = 0; i < rowCount; i++) output.values[i] = script.raw ?? i
      if (mode === 'sync') return
      return new Promise<void>((resolve) => releases.push(resolve))
    },
    dispose: () => undefined,
  }
  const serving = resolveServingOptions(options)
  const stats = createModelStats({ clock })
  const choice = { picked: 'wasm', why: 'a test said so', candidates: [] } as const
  const graph = restoreRegions(artifact.metadata.regions, decodeWeights(artifact))
  const encoder = createEncoder(graph, artifact.metadata.inputs)
  const starting = Engine.start({
    artifact,
    selected: { model, choice, graph, encoder },
    serving,
    platform,
    stats,
    publish,
  })
  if (mode === 'async') await releaseWhile(starting, releases)
  const engine = await starting
  calls.length = 0
  const cache = await openSharedCache(serving.caching, clock, silentPublish)
  const fallback =
    rule === undefined
      ? undefined
      : createFallback({ model: 'telco_churn', version: '1.0.0', ruleName: 'rule', rule, schema: engine.schema })
  const predictor = new ModelPredictor({
    name: 'telco_churn',
    state: () => ({ kind: 'loaded', engine }),
    fallbackFor: () => fallback,
    cache,
    stats,
    log: createRequestLog({ ...serving, model: 'telco_churn', clock }),
    platform,
    publish,
    onClose: () => engine.close(),
  })
  onTestFinished(() => predictor.close())
  /** Ends this turn of the event loop: what waits for it runs. */
  const endTurn = async (): Promise<void> => {
    await settleMicrotasks()
    for (const turn of turns.splice(0)) turn()
    await settleMicrotasks()
  }
  return { predictor, engine, calls, script, clock, releases, endTurn }
}

/** A real turn of the event loop runs all microtasks there are, however they chain. */
export function settleMicrotasks(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

async function releaseWhile(pending: Promise<unknown>, releases: (() => void)[]): Promise<void> {
  let isPending = true
  const stop = (): void => void (isPending = false)
  void pending.then(stop, stop)
  while (isPending) {
    for (const release of releases.splice(0)) release()
    await settleMicrotasks()
  }
}
