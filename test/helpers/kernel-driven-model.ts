// A predictor on a real artifact whose kernel computes in this thread, while a test holds its clock and its failures.

import { onTestFinished } from 'vitest'
import { decodeWeights } from '../../src/artifact/decode-tensor.ts'
import { readArtifact } from '../../src/artifact/read-artifact.ts'
import { sha256Hex } from '../../src/artifact/sha256.ts'
import { createKernelBackend } from '../../src/backend/kernel/kernel-backend.ts'
import type { KernelFeatures } from '../../src/backend/kernel/kernel-features.ts'
import { type ChannelMessages, silentPublish } from '../../src/observe/channels.ts'
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
import { createFakeClock } from './fake-clock.ts'
import { tinyFiles } from './tiny-models.ts'

export type KernelDrivenOptions = ServingOptions & {
  /** @default a tiny one: two numbers in, the first of them out */
  readonly files?: Readonly<Record<string, Uint8Array>>
  readonly rule?: FallbackRule
  readonly spans?: Tracing
  /** Larger batches are said to be faster on a graph. */
  readonly kernelMaxRows?: number
  /** Without SIMD the kernel is plain JavaScript. @default what this realm has */
  readonly features?: KernelFeatures
}

type Told = {
  readonly [Name in keyof ChannelMessages]: { channel: Name } & ChannelMessages[Name]
}[keyof ChannelMessages]

export async function createKernelDrivenModel(given: KernelDrivenOptions = {}) {
  const { files = tinyFiles('1.0.0'), rule, spans, kernelMaxRows, features, ...options } = given
  const clock = createFakeClock()
  const told: Told[] = []
  const publish: typeof silentPublish = (channel, message) => void told.push({ channel, ...message } as Told)
  const defer = (callback: () => void): void => {
    script.turns++
    setImmediate(() => {
      script.onTurn()
      callback()
    })
  }
  const platform = { clock, defer, hash: sha256Hex, tracing: spans }
  const artifact = readArtifact(files, { hash: sha256Hex })
  const { name, version } = artifact.metadata
  const model = await createKernelBackend(features).load(artifact)
  const { program } = model
  /** `runs`: rows of each run of the kernel. `turns`: how often others had theirs. */
  const script = {
    fail: undefined as unknown,
    isNaN: false,
    busyMs: 0,
    runs: [] as number[],
    onRun: () => {},
    turns: 0,
    onTurn: () => {},
  }
  const run = program.run.bind(program)
  Object.assign(program, {
    run(rowCount: number) {
      script.runs.push(rowCount)
      script.onRun()
      clock.block(script.busyMs)
      if (script.fail !== undefined) throw script.fail as Error
      const result = run(rowCount)
      if (script.isNaN) program.raw.fill(NaN)
      return result
    },
  })
  const serving = resolveServingOptions({ caching: false, ...options })
  const stats = createModelStats({ clock })
  const choice = {
    picked: 'kernel',
    why: 'a test said so',
    candidates: [],
    ...(kernelMaxRows !== undefined && { kernelMaxRows }),
  } as const
  const graph = restoreRegions(artifact.metadata.regions, decodeWeights(artifact))
  const encoder = createEncoder(graph, artifact.metadata.inputs)
  const selected = { model, program, choice, graph, encoder }
  const engine = await Engine.start({ artifact, selected, serving, platform, stats, publish })
  const cache = await openSharedCache(serving.caching, clock, silentPublish)
  const fallback =
    rule && createFallback({ model: name, version, ruleName: 'rule', rule, schema: engine.schema, publish })
  const predictor = new ModelPredictor({
    name,
    state: () => ({ kind: 'loaded', engine }),
    fallbackFor: () => fallback,
    cache,
    stats,
    log: createRequestLog({ ...serving, model: name, clock }),
    platform,
    publish,
    onClose: () => engine.close(),
  })
  onTestFinished(() => predictor.close())
  script.runs.length = 0
  script.turns = 0
  told.length = 0
  return { predictor, engine, script, clock, told }
}
