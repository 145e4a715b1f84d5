// Hosts without processes: a test reads what they are asked, and answers, loses or ends them when it likes.

import type { BackendFacts } from '../../src/backend/port.ts'
import type { HostLink } from '../../src/backend/host/host-link.ts'
import type { HostError, HostReply, HostRequest, HostValue } from '../../src/backend/host/host-protocol.ts'
import type { Artifact } from '../../src/artifact/artifact.ts'
import { createHostedBackend } from '../../src/backend/host/hosted-backend.ts'
import type { Backend, BackendModel, RunLimits } from '../../src/backend/port.ts'
import type { Clock } from '../../src/observe/clock.ts'
import { createFakeClock, type FakeClock } from './fake-clock.ts'
import { artifactOf, createRandom, randomChain } from './random-regions.ts'

export const scriptedFacts: BackendFacts = { library: 'script 1.0', device: { kind: 'cpu', name: 'a test' } }

export type ScriptedHost = {
  /** Asked and not answered yet, oldest first. */
  readonly pending: readonly HostRequest[]
  /** All that was ever asked, as `open`, `load 1`, `run 1`. */
  readonly asked: readonly string[]
  readonly isHeld: boolean
  readonly isKilled: boolean
  /** The channel was closed by the parent. */
  readonly isAskedToEnd: boolean
  readonly isGone: boolean
  /** Models that it holds, by number. */
  readonly models: ReadonlySet<number>
  /** Serves the oldest as a real host would: a run's values are its first input times two. */
  answer(): void
  answerAll(): void
  /** Answers the oldest with another value. */
  answerWith(value: HostValue): void
  fail(error: HostError): void
  /** Says anything at all, late or wrong. */
  say(reply: HostReply): void
  die(reason?: string): void
}

export type ScriptedHosts = {
  readonly fork: () => HostLink
  readonly all: readonly ScriptedHost[]
  /** The youngest. */
  readonly last: ScriptedHost
  /** What `fork` throws, once set. */
  failure: Error | undefined
  /** A host that was killed or asked to end is gone this much later; Infinity for one that hangs. */
  endsAfterMs: number
  killsAfterMs: number
}

export function createScriptedHosts(clock: Clock): ScriptedHosts {
  const all: ScriptedHost[] = []
  const script: ScriptedHosts = {
    all,
    get last() {
      return all[all.length - 1]
    },
    failure: undefined,
    endsAfterMs: 5,
    killsAfterMs: 5,
    fork() {
      if (script.failure !== undefined) throw script.failure
      const { host, link } = createScriptedHost(clock, script, all.length + 1)
      all.push(host)
      return link
    },
  }
  return script
}

function createScriptedHost(
  clock: Clock,
  script: Pick<ScriptedHosts, 'endsAfterMs' | 'killsAfterMs'>,
  pid: number,
): { host: ScriptedHost; link: HostLink } {
  const pending: HostRequest[] = []
  const asked: string[] = []
  const models = new Set<number>()
  const replyListeners: ((reply: HostReply) => void)[] = []
  const exitListeners: ((reason: string) => void)[] = []
  const state = { isHeld: true, isKilled: false, isAskedToEnd: false, isGone: false }

  const say = (reply: HostReply): void => {
    for (const listener of replyListeners) listener(reply)
  }
  const die = (reason = 'killed by SIGKILL'): void => {
    if (state.isGone) return
    state.isGone = true
    for (const listener of exitListeners) listener(reason)
  }
  const dieAfter = (delayMs: number): void => {
    if (delayMs < Infinity) clock.setTimer(die, delayMs)
  }
  const oldest = (): HostRequest => {
    const request = pending.shift()
    if (request === undefined) throw new RangeError(`host ${pid} has nothing to answer`)
    return request
  }
  const answer = (): void => {
    const request = oldest()
    const { id } = request
    try {
      say({ id, ok: true, value: serve(request, models) })
    } catch (error) {
      say({ id, ok: false, error: { code: 'EXECUTION_FAILED', message: String(error) } })
    }
  }

  const host: ScriptedHost = {
    pending,
    asked,
    models,
    get isHeld() {
      return state.isHeld
    },
    get isKilled() {
      return state.isKilled
    },
    get isAskedToEnd() {
      return state.isAskedToEnd
    },
    get isGone() {
      return state.isGone
    },
    answer,
    answerAll() {
      while (pending.length > 0) answer()
    },
    answerWith: (value) => say({ id: oldest().id, ok: true, value }),
    fail: (error) => say({ id: oldest().id, ok: false, error }),
    say,
    die,
  }
  const link: HostLink = {
    pid,
    send(request) {
      if (state.isGone || state.isAskedToEnd) return
      // what a real channel does: a copy, or an error
      pending.push(structuredClone(request))
      asked.push('model' in request ? `${request.kind} ${request.model}` : request.kind)
    },
    onReply: (listener) => void replyListeners.push(listener),
    onExit: (listener) => void exitListeners.push(listener),
    end() {
      state.isAskedToEnd = true
      dieAfter(script.endsAfterMs)
    },
    kill() {
      state.isKilled = true
      dieAfter(script.killsAfterMs)
    },
    ref() {
      state.isHeld = true
    },
    unref() {
      state.isHeld = false
    },
  }
  return { host, link }
}

function serve(request: HostRequest, models: Set<number>): HostValue {
  switch (request.kind) {
    case 'open':
      return scriptedFacts
    case 'load':
      if (models.has(request.model)) throw new RangeError(`model ${request.model} is loaded already`)
      models.add(request.model)
      return undefined
    case 'run': {
      const { model, inputs, rowCount, outputs } = request
      if (!models.has(model)) throw new RangeError(`model ${model} is not loaded`)
      for (const { name, width, values } of inputs)
        if (values.length !== rowCount * width) throw new RangeError(`slab ${name} has ${values.length} values`)
      return outputs.map(({ width }) =>
        Float32Array.from(
          { length: rowCount * width },
          (_, i) => 2 * inputs[0].values[Math.floor(i / width) * inputs[0].width],
        ),
      )
    }
    case 'dispose':
      models.delete(request.model)
      return undefined
    case 'tensorCount':
      return models.size
    default:
      return request satisfies never
  }
}

/** Two columns in, one out. */
export const smallArtifact: Artifact = artifactOf(randomChain(createRandom(7), [2, 1], 'identity'))

export type ScriptedBackend = {
  readonly backend: Backend
  readonly hosts: ScriptedHosts
  readonly clock: FakeClock
  /** Loads a model on whichever host runs, starting one. */
  load(): Promise<BackendModel>
}

export function createScriptedBackend(options: { readonly runDeadlineMs?: number } = {}): ScriptedBackend {
  const clock = createFakeClock()
  const hosts = createScriptedHosts(clock)
  const backend = createHostedBackend('native', { fork: hosts.fork, clock, ...options })
  return {
    backend,
    hosts,
    clock,
    async load() {
      const loading = backend.load(smallArtifact)
      hosts.last.answerAll()
      return loading
    },
  }
}

/** One row that begins with `first`; resolves with its answer, which a host makes `2 * first`. */
export async function runRow(model: BackendModel, first: number, limits?: RunLimits): Promise<number> {
  const raw = new Float32Array(1)
  const inputs = [{ name: 'features', width: 2, values: Float32Array.of(first, 0) }]
  await model.run(inputs, 1, [{ name: 'raw', width: 1, values: raw }], limits)
  return raw[0]
}

/** What a promise came to, without waiting for it; undefined while it is open. */
export function outcomeOf<Value>(promise: Promise<Value>): { settled: unknown; count: number } {
  const outcome = { settled: undefined as unknown, count: 0 }
  const keep = (settled: unknown): void => {
    outcome.settled = settled
    outcome.count++
  }
  promise.then(keep, keep)
  return outcome
}

/** A real turn of the event loop runs all microtasks there are. */
export function endTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
