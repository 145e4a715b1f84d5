// The name of a backend that lives in a process of its own in; the backend as everything else sees it, out.

import { createError } from '../../errors.ts'
import type { Clock } from '../../observe/clock.ts'
import {
  type AnySlab,
  type Backend,
  type BackendFacts,
  type BackendModel,
  type RunLimits,
  rowSlabName,
} from '../port.ts'
import { anySlabOf, slabOf } from '../slab-check.ts'
import { createHostedModel, type HostAsking, type HostedModel } from './host-call.ts'
import type { HostLink } from './host-link.ts'
import type { HostedName, HostValue } from './host-protocol.ts'
import { createHostWork, type HostWork } from './host-work.ts'

export type HostedBackendOptions = {
  /** Makes a new host process; may throw. */
  readonly fork: () => HostLink
  readonly clock: Clock
  /**
   * After this time a run without limits of its own counts as hung and its process is ended: one that checks or warms the model.
   * @default 60 000: a slow card compiles the shaders of a large model in seconds, and no start waits a minute
   */
  readonly runDeadlineMs?: number
}

const descriptions = {
  native: '@tensorflow/tfjs-node 4.22.0 in its own process',
  cuda: '@tensorflow/tfjs-node-gpu 4.22.0 in its own process',
  webgpu: '@tensorflow/tfjs-backend-webgpu 4.22.0 in its own process',
  wasm: '@tensorflow/tfjs-backend-wasm 4.22.0 in a thread of its own',
  cpu: '@tensorflow/tfjs-backend-cpu 4.22.0 in a thread of its own',
  kernel: 'kernels of tfjs-serving in a thread of their own',
} as const satisfies Record<HostedName, string>

/** A start takes a second, some of them on a busy machine; whoever waited for longer is better told. */
const hostWaitMs = 5_000

/** What a graph answers with. */
const outputName = 'raw'

/**
 * A backend whose models live in a host process. A host that dies is made anew with all its models, and what it worked on
 * is run again once; a process starts with the first call, and ends when the last model has been gone for a while.
 */
export function createHostedBackend(name: HostedName, options: HostedBackendOptions): Backend {
  const { fork, clock, runDeadlineMs = 60_000 } = options
  const work = createHostWork({ name, fork, clock: withoutHold(clock), runDeadlineMs })
  let lastNumber = 0

  return {
    name,
    description: descriptions[name],
    open: () =>
      new Promise<BackendFacts>((resolve, reject) =>
        work.submit({ kind: 'open', resolve: () => resolve(work.life.facts as BackendFacts), reject }),
      ),
    // no other host computes regions that it is given
    ...(name === 'kernel' && { computesRegions: true }),
    async load(artifact, restored, source = 'own') {
      const model = createHostedModel(++lastNumber, artifact, source === 'derived' ? restored : undefined)
      await new Promise<void>((resolve, reject) => work.submit({ kind: 'load', model, resolve, reject }))
      return createModel({ name, work, clock }, model)
    },
    async tensorCount() {
      if (work.life.isDown) return 0
      const value = await askHost(work, {
        model: undefined,
        question: { kind: 'tensorCount' },
        purpose: 'count its tensors',
        timeBudgetMs: undefined,
        expiresAtMs: Infinity,
      })
      return value as number
    },
    health: () => work.life.health(),
    close: () => work.close(),
  }
}

type Hosting = { readonly name: HostedName; readonly work: HostWork; readonly clock: Clock }

function createModel({ name, work, clock }: Hosting, model: HostedModel): BackendModel {
  const { number, artifact } = model
  const { inputs: graphInputs, schema, rawWidth, name: modelName } = artifact.metadata
  const takes = name === 'kernel' ? 'rows' : 'columns'
  const wanted = takes === 'rows' ? [{ name: rowSlabName, width: schema.features.length }] : graphInputs
  const output = { name: outputName, width: rawWidth }
  return {
    mode: 'async',
    takes,
    hostWaitMs,
    ...(model.form !== undefined && { form: model.form }),
    async run(inputs, rowCount, outputs, { timeBudgetMs }: Partial<RunLimits> = {}) {
      if (model.isDisposed) throw createError('CLOSED', `model ${modelName} on backend ${name} was disposed`)
      const exact = wanted.map((input) => cutTo(anySlabOf(inputs, input, rowCount), rowCount))
      const target = slabOf(outputs, output, rowCount).values
      if (rowCount === 0) return
      const question = { kind: 'run', model: number, inputs: exact, rowCount, outputs: [output] } as const
      const value = await askHost(work, {
        model,
        question,
        purpose: `run ${rowCount} rows of model ${modelName}`,
        timeBudgetMs,
        expiresAtMs: timeBudgetMs === undefined ? Infinity : clock.now() + timeBudgetMs + hostWaitMs,
      })
      const values = Array.isArray(value) ? value[0] : undefined
      if (!(values instanceof Float32Array) || values.length !== rowCount * rawWidth)
        throw createError(
          'EXECUTION_FAILED',
          `backend ${name} must give ${rowCount * rawWidth} numbers for ${rowCount} rows of model ${modelName}, got ${values instanceof Float32Array ? values.length : 'none'}`,
          { details: { backend: name, model: modelName, rowCount } },
        )
      target.set(values)
    },
    dispose: () => work.dispose(model),
  }
}

/** No copy: a slab stays as it is until `run` has settled, and until then it may be sent again to the next host. */
function cutTo({ name, width, values }: AnySlab, rowCount: number): AnySlab {
  return { name, width, values: values.subarray(0, rowCount * width) } as AnySlab
}

function askHost(work: HostWork, asked: HostAsking): Promise<HostValue> {
  return new Promise((resolve, reject) => work.submit({ kind: 'ask', ...asked, lossCount: 0, resolve, reject }))
}

/** Its timers hold no process: the link to the host does, while somebody waits. */
function withoutHold(clock: Clock): Clock {
  return {
    now: () => clock.now(),
    clearTimer: (timer) => clock.clearTimer(timer),
    setTimer(callback, delayMs) {
      const timer = clock.setTimer(callback, delayMs)
      ;(timer as { unref?: () => void }).unref?.()
      return timer
    },
  }
}
