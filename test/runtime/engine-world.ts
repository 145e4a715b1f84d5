// A predictor over engines that are swapped under it, and all that must hold of its callers, batches, breakers and leftovers.

import { getEventListeners } from 'node:events'
import { sha256Hex } from '../../src/artifact/sha256.ts'
import { createError, errorTable, isMLError, type MLError } from '../../src/errors.ts'
import { silentPublish } from '../../src/observe/channels.ts'
import type { Clock } from '../../src/observe/clock.ts'
import { createModelStats } from '../../src/observe/stats.ts'
import { decodeWeights } from '../../src/artifact/decode-tensor.ts'
import { restoreRegions } from '../../src/regions/store.ts'
import { createFallback, type Fallback } from '../../src/resilience/fallback.ts'
import { createEncoder } from '../../src/rows/encode.ts'
import type { Prediction } from '../../src/rows/prediction.ts'
import { Engine } from '../../src/runtime/engine.ts'
import { resolveServingOptions, type ServingOptions } from '../../src/runtime/options.ts'
import { ModelPredictor } from '../../src/runtime/predictor.ts'
import type { EngineState } from '../../src/runtime/request.ts'
import { openSharedCache, type SharedCache } from '../../src/runtime/shared-cache.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'
import { settleMicrotasks } from '../helpers/hand-driven-model.ts'
import {
  callerCount,
  limits,
  type RowKind,
  type Setup,
  sharedRowCount,
  type Step,
  type StepOptions,
} from './engine-steps.ts'
import { answerTo, counterArtifact, createHeldModel, firstRow, type HeldModel, type HeldRun } from './held-backend.ts'

const windowMs = 40
const timeBudgetMs = 120
const breaker = { failureThreshold: 2, openMs: 100 }
const ttlMs = 60
const staleMs = 60
const lookupMs = 15
const handicapMs = { high: 0, normal: 100, low: 1000 }
/** What waits ahead of a row that is a second old, each batch as slow as it may be, and the one that runs. */
const lowBoundMs = handicapMs.low + (limits.maxQueuedRows / limits.maxRows + 1) * timeBudgetMs
const firstOwnRow = 1000

type SentRow = { readonly id: number; readonly kind: RowKind }

type Call = {
  readonly kind: 'predict' | 'predictBatch'
  readonly rows: readonly SentRow[]
  readonly options: StepOptions
  readonly signal: AbortSignal | undefined
  readonly atMs: number
  readonly deadlineAtMs: number
  /** Engines there were when it came. */
  readonly engineCount: number
  readonly isAfterClose: boolean
  /** Rows that may have waited for its engine then, at most. */
  readonly rowsThere: number
  /** True where the circuit let no row in. */
  readonly isShutOut: boolean
  hasRun: boolean
  settled: { readonly atMs: number; readonly isClosed: boolean; readonly outcome: unknown }[]
}

type Batch = { readonly runs: HeldRun[]; readonly begunIn: number; readonly begunAtMs: number }

type Circuit =
  | { readonly kind: 'closed'; readonly failures: number }
  | { readonly kind: 'open'; readonly openedAtMs: number }
  | { readonly kind: 'half-open' }

type Instance = {
  readonly engine: Engine
  readonly model: HeldModel
  batch: Batch | undefined
  circuit: Circuit
  /** Changes with the circuit's kind. */
  phase: number
  hasOpened: boolean
  isDrained: boolean
}

const artifacts = new Map<string, ReturnType<typeof counterArtifact>>()

function artifactOf(version: string): ReturnType<typeof counterArtifact> {
  const found = artifacts.get(version) ?? counterArtifact(version)
  artifacts.set(version, found)
  return found
}

export class EngineWorld {
  readonly clock = createFakeClock()
  readonly faults: string[] = []
  /** From call to run, of rows of low priority. */
  longestLowWaitMs = 0
  readonly #setup: Setup
  readonly #serving
  readonly #stats = createModelStats({ clock: this.clock })
  readonly #turns: (() => void)[] = []
  readonly #callers = Array.from({ length: callerCount }, () => new AbortController())
  readonly #calls: Call[] = []
  readonly #callsOf = new Map<number, Call[]>()
  readonly #kinds = new Map<number, RowKind>()
  readonly #instances: Instance[] = []
  readonly #runs: HeldRun[] = []
  /** Rows of batches in which more went wrong than their own rows. */
  readonly #hurt = new Set<number>()
  /** By version and row. */
  readonly #ran = new Set<string>()
  /** When a run last answered a row, by version and row. */
  readonly #answeredAtMs = new Map<string, number>()
  /** Calls that a batch passed although they were to go first. */
  readonly #passed: { readonly ids: readonly number[]; readonly left: Call }[] = []
  #predictor!: ModelPredictor
  #cache: SharedCache | undefined
  #nextId = firstOwnRow
  #nextFailure: unknown
  #nextBusyMs = 0
  #isClosed = false

  private constructor(setup: Setup) {
    this.#setup = setup
    this.#serving = resolveServingOptions(servingOptions(setup, this.clock))
  }

  static async open(setup: Setup): Promise<EngineWorld> {
    const world = new EngineWorld(setup)
    await world.#start()
    return world
  }

  async act(step: Step): Promise<void> {
    if (step.kind === 'predict') this.#predict(step.row, step.which, step.options)
    else if (step.kind === 'predictBatch') this.#predictBatch(step.rows, step.options)
    else if (step.kind === 'abort') this.#callers[step.caller].abort({ abortedBy: step.caller })
    else if (step.kind === 'advance') await this.#advance(step.ms)
    else if (step.kind === 'busy') this.#nextBusyMs = step.ms
    else if (step.kind === 'endTurn') await this.#endTurn()
    else if (step.kind === 'finish') this.#finish(undefined)
    else if (step.kind === 'fail') this.#finish(failureOf(step.why))
    else if (step.kind === 'wake') this.#wake()
    else if (step.kind === 'swap') await this.#swap()
    await settleMicrotasks()
    this.#checkNow()
    if (step.kind === 'advance') this.#checkLate()
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const { batch } of this.#instances) for (const id of batch?.runs[0]?.ids ?? []) this.#hurt.add(id)
    void this.#predictor.close()
    await settleMicrotasks()
    // a cache that never answers is waited for this long
    await this.#advance(200)
    for (const call of this.#calls) this.#check(call.settled.length === 1, `close left ${nameOf(call)} unsettled`)
  }

  /** Lets everything end that can, then closes, and looks at what is left. */
  async finish(): Promise<void> {
    this.#nextFailure = undefined
    this.#nextBusyMs = 0
    for (let turn = 0; this.#isBusy(); turn++) {
      if (turn === 400) {
        this.#check(false, `never ended: ${this.#calls.filter(({ settled }) => settled.length === 0).map(nameOf)}`)
        break
      }
      await this.act({ kind: 'endTurn' })
      await this.act({ kind: 'finish' })
      await this.act({ kind: 'wake' })
      if (turn % 4 === 3) await this.act({ kind: 'advance', ms: 50 })
    }
    this.#checkLeftovers()
    if (!this.#isClosed) await this.#checkDrained()
    this.#wake()
    await this.close()
    this.#checkLeftovers()
    for (const { model, engine } of this.#instances)
      this.#check(model.disposeCount === 1, `${engine.version} was disposed ${model.disposeCount} times`)
    for (const call of this.#calls) this.#checkCall(call)
    for (const { ids, left } of this.#passed) this.#checkPassed(ids, left)
    this.#checkStats()
  }

  // -- what callers and time do

  #predict(kind: RowKind, which: number, options: StepOptions): void {
    const row = this.#rowOf(kind, which)
    const call = this.#addCall('predict', [row], options)
    this.#watch(call, this.#predictor.predict(given(row), this.#optionsOf(options)))
  }

  #predictBatch(kinds: readonly RowKind[], options: StepOptions): void {
    const rows = kinds.map((kind, i) => this.#rowOf(kind, i % sharedRowCount))
    const call = this.#addCall('predictBatch', rows, options)
    this.#watch(call, this.#predictor.predictBatch(rows.map(given), this.#optionsOf(options)))
  }

  #rowOf(kind: RowKind, which: number): SentRow {
    const id = kind === 'shared' ? firstRow + which : this.#nextId++
    this.#kinds.set(id, kind)
    return { id, kind }
  }

  #addCall(kind: Call['kind'], rows: readonly SentRow[], options: StepOptions): Call {
    const atMs = this.clock.now()
    const call: Call = {
      kind,
      rows,
      options,
      signal: options.caller === undefined ? undefined : this.#callers[options.caller].signal,
      atMs,
      deadlineAtMs: atMs + (options.timeoutMs ?? Infinity),
      engineCount: this.#instances.length,
      isAfterClose: this.#isClosed,
      rowsThere: this.#rowsThere(versionOf(this.#instances.length)),
      isShutOut: this.#isShutOut(this.#current()),
      hasRun: false,
      settled: [],
    }
    this.#calls.push(call)
    for (const { id } of rows) this.#callsOf.set(id, [...(this.#callsOf.get(id) ?? []), call])
    return call
  }

  #rowsThere(version: string): number {
    const calls = this.#calls.filter(
      (call) => call.settled.length === 0 && versionOf(call.engineCount) === version && !this.#isGone(call),
    )
    const mayWait = ({ id, kind }: SentRow): boolean => kind === 'shared' || !this.#ran.has(`${version} ${id}`)
    return calls.reduce((sum, { rows }) => sum + rows.filter(mayWait).length, 0)
  }

  #isShutOut({ circuit, batch }: Instance): boolean {
    const sinceMs =
      circuit.kind === 'open' ? circuit.openedAtMs : circuit.kind === 'half-open' ? batch?.begunAtMs : undefined
    return sinceMs !== undefined && this.clock.now() < sinceMs + breaker.openMs
  }

  #optionsOf({ caller, ...options }: StepOptions) {
    return caller === undefined ? options : { ...options, signal: this.#callers[caller].signal }
  }

  #watch(call: Call, answer: Promise<unknown>): void {
    const settle = (outcome: unknown): void => {
      call.settled.push({ atMs: this.clock.now(), isClosed: this.#isClosed, outcome })
    }
    void answer.then(settle, settle)
  }

  /** From timer to timer, so that callers hear of each at its time. */
  async #advance(ms: number): Promise<void> {
    const endMs = this.clock.now() + ms
    do {
      this.clock.advance(Math.max(0, Math.min(this.clock.nextDueMs, endMs) - this.clock.now()))
      await settleMicrotasks()
    } while (this.clock.now() < endMs || this.clock.nextDueMs <= this.clock.now())
  }

  async #endTurn(): Promise<void> {
    // timers come before the end of a turn
    this.clock.advance(0)
    await settleMicrotasks()
    for (const turn of this.#turns.splice(0)) turn()
  }

  /** Ends the oldest run that its engine still waits for; what runs in this thread fails when it begins. */
  #finish(failure: unknown): void {
    if (this.#setup.mode === 'sync') this.#nextFailure = failure
    else this.#runs.find((run) => run.state === 'pending' && !this.#isOverdue(run))?.end(failure)
  }

  /** Ends runs that nobody waits for any more. */
  #wake(): void {
    for (const run of this.#runs) if (this.#isClosed || this.#isOverdue(run)) run.end()
  }

  #isOverdue({ startedAtMs }: HeldRun): boolean {
    return startedAtMs + timeBudgetMs <= this.clock.now()
  }

  async #swap(): Promise<void> {
    if (this.#isClosed) return
    const before = this.#current()
    await this.#start()
    void before.engine.drain().then(() => (before.isDrained = true))
  }

  async #start(): Promise<void> {
    const version = `${this.#instances.length + 1}.0.0`
    const artifact = artifactOf(version)
    const graph = restoreRegions(artifact.metadata.regions, decodeWeights(artifact))
    const model = createHeldModel(version, this.#setup.mode, {
      clock: this.clock,
      onRun: (run) => this.#onRun(run),
      faultOf: (ids) =>
        ids.some((id) => this.#kinds.get(id) === 'poison') ? failureOf('EXECUTION_FAILED') : undefined,
      isNaN: (id) => this.#kinds.get(id) === 'nan',
      onEnd: (run) => this.#onEnd(run),
      onCompute: () => this.#onCompute(),
    })
    const platform = { clock: this.clock, defer: (turn: () => void) => void this.#turns.push(turn), hash: sha256Hex }
    const engine = await Engine.start({
      artifact,
      selected: {
        model,
        choice: { picked: 'cpu', why: 'a test said so', candidates: [] },
        graph,
        encoder: createEncoder(graph, artifact.metadata.inputs),
      },
      serving: this.#serving,
      platform,
      stats: this.#stats,
      publish: silentPublish,
    })
    const instance: Instance = {
      engine,
      model,
      batch: undefined,
      circuit: { kind: 'closed', failures: 0 },
      phase: 0,
      hasOpened: false,
      isDrained: false,
    }
    this.#watchBreaker(instance)
    this.#instances.push(instance)
    if (this.#instances.length > 1) return
    this.#cache = await openSharedCache(this.#serving.caching, this.clock, silentPublish)
    this.#predictor = new ModelPredictor({
      name: 'counter',
      state: () => ({ kind: 'loaded', engine: this.#current().engine }),
      fallbackFor: createFallbacks(this.#setup),
      cache: this.#cache,
      stats: this.#stats,
      platform,
      publish: silentPublish,
      onClose: async () => {
        for (const each of this.#instances) await each.engine.close()
        await this.#cache?.close()
      },
    })
  }

  #current(): Instance {
    return this.#instances[this.#instances.length - 1]
  }

  // -- what the model sees

  #onRun(run: HeldRun): void {
    const { ids, model } = run
    const where = `${model.version} ran ${ids}`
    const instance = this.#instances.find((each) => each.model === model)
    const batch = instance?.batch
    if (batch === undefined) return void this.#check(false, `${where} outside of a batch`)
    this.#check(!this.#isClosed, `${where} after close`)
    this.#check(ids.length <= limits.maxRows || this.#setup.strategy === 'none', `${where} at once`)
    const others = this.#runs.filter((other) => other.model === model && other.state === 'pending')
    this.#check(
      others.every((other) => this.#isOverdue(other)),
      `${where} beside another run`,
    )
    this.#check(
      batch.runs.every((other) => other.state !== 'pending'),
      `${where} after a run of its batch that took too long`,
    )
    for (const id of ids) this.#check(this.#isWanted(id, model.version), `${where}, and nobody wants ${id}`)
    if (batch.runs.length === 0) this.#checkOrder(ids, model.version)
    else this.#check(isWithin(ids, batch.runs[0].ids), `${where}, which are not of the batch ${batch.runs[0].ids}`)
    batch.runs.push(run)
    this.#runs.push(run)
    for (const id of ids) this.#ran.add(`${model.version} ${id}`)
    for (const id of ids) for (const call of this.#callsOf.get(id) ?? []) call.hasRun = true
  }

  #isWanted(id: number, version: string): boolean {
    // a stale answer is renewed for nobody
    if (this.#setup.cache === 'stale' && this.#kinds.get(id) === 'shared') return true
    return (this.#callsOf.get(id) ?? []).some((call) => {
      return call.settled.length === 0 && versionOf(call.engineCount) === version && !this.#isGone(call)
    })
  }

  #isGone({ signal, deadlineAtMs }: Call): boolean {
    return signal?.aborted === true || deadlineAtMs <= this.clock.now()
  }

  /** Calls that go straight into the queue, and are in it. */
  #queued(version: string): Call[] {
    return this.#calls.filter(
      (call) =>
        this.#isDirect(call) && !call.hasRun && call.settled.length === 0 && versionOf(call.engineCount) === version,
    )
  }

  #isDirect({ kind, rows, options, isAfterClose }: Call): boolean {
    if (kind === 'predictBatch' || isAfterClose || rows[0].kind === 'bad' || rows[0].kind === 'shared') return false
    return this.#setup.cache === 'none' || options.useCache === false
  }

  #checkOrder(ids: readonly number[], version: string): void {
    const rank = ({ atMs, options: { priority = 'normal' } }: Call): number => atMs + handicapMs[priority]
    for (const id of ids) for (const call of this.#callsOf.get(id) ?? []) this.#noteWait(call)
    const direct = ids.flatMap((id) => (this.#callsOf.get(id) ?? []).filter((call) => this.#isDirect(call)))
    const ranks = direct.map(rank)
    this.#check(
      ranks.every((each, i) => i === 0 || ranks[i - 1] <= each),
      `out of order: ${ids}`,
    )
    const last = ranks[ranks.length - 1] ?? -Infinity
    for (const left of this.#queued(version))
      if (!direct.includes(left) && rank(left) < last) this.#passed.push({ ids, left })
  }

  #noteWait(call: Call): void {
    const waitedMs = this.clock.now() - call.atMs
    if (call.hasRun || call.options.priority !== 'low' || !this.#isDirect(call)) return
    this.longestLowWaitMs = Math.max(this.longestLowWaitMs, waitedMs)
    this.#check(waitedMs <= lowBoundMs, `${nameOf(call)} starved for ${waitedMs} ms`)
  }

  #onEnd(run: HeldRun): void {
    const batch = this.#instances.find(({ model }) => model === run.model)?.batch
    if (run.isScripted) for (const id of batch?.runs[0]?.ids ?? []) this.#hurt.add(id)
    if (run.state !== 'answered' || (this.#setup.mode === 'async' && this.#isOverdue(run))) return
    for (const id of run.ids) this.#answeredAtMs.set(`${run.model.version} ${id}`, this.clock.now())
  }

  #onCompute(): unknown {
    const failure = this.#nextFailure
    this.clock.block(this.#nextBusyMs)
    this.#nextFailure = undefined
    this.#nextBusyMs = 0
    return failure
  }

  /** Batches are what the breaker is told of: each begins, runs once or more, and ends once. */
  #watchBreaker(instance: Instance): void {
    const { breaker: watched } = instance.engine
    const { begin, guard } = watched
    const ended = (batch: Batch, failure: { readonly error: unknown } | undefined, outer?: Batch): void => {
      this.#check(instance.batch === batch, `${instance.engine.version} ended a batch twice`)
      instance.batch = outer
      this.#onBatchEnd(instance, batch, failure)
    }
    watched.begin = () => {
      const end = begin()
      this.#check(instance.batch === undefined, `${instance.engine.version} began a batch within another`)
      const batch = this.#onBegin(instance)
      return (failure) => {
        ended(batch, failure)
        end(failure)
      }
    }
    // a row that runs alone may do so between two runs of a batch that is taken apart
    watched.guard = (run) =>
      guard(() => {
        const outer = instance.batch
        const batch = this.#onBegin(instance)
        try {
          const result = run()
          ended(batch, undefined, outer)
          return result
        } catch (error) {
          ended(batch, { error }, outer)
          throw error
        }
      })
  }

  #onBegin(instance: Instance): Batch {
    const { circuit, engine } = instance
    const isOver = circuit.kind !== 'open' || circuit.openedAtMs + breaker.openMs <= this.clock.now()
    this.#check(isOver, `${engine.version} ran while its circuit was open`)
    if (circuit.kind === 'open') this.#enter(instance, { kind: 'half-open' })
    instance.batch = { runs: [], begunIn: instance.phase, begunAtMs: this.clock.now() }
    return instance.batch
  }

  #enter(instance: Instance, circuit: Circuit): void {
    if (circuit.kind !== instance.circuit.kind) instance.phase++
    instance.circuit = circuit
    if (circuit.kind === 'open') instance.hasOpened = true
  }

  #onBatchEnd(instance: Instance, { runs, begunIn }: Batch, failure: { readonly error: unknown } | undefined): void {
    const ids = runs[0]?.ids ?? []
    const isNumber = (id: number): boolean => this.#kinds.get(id) !== 'nan'
    const answered = runs.filter((run) => run.state === 'answered')
    // rows that all have no number are their own fault, or the model's where it has none for a known row either
    const isTrue = failure === undefined ? answered.length > 0 : !answered.some((run) => run.ids.some(isNumber))
    this.#check(
      isTrue,
      `${instance.engine.version} called the batch ${ids} ${failure === undefined ? 'answered' : 'failed'}`,
    )
    const ownFaults = ids.filter((id) => this.#kinds.get(id) === 'poison' || this.#kinds.get(id) === 'nan')
    const isOwnFault = (run: HeldRun): boolean =>
      run.state !== 'pending' && run.ids.some((id) => ownFaults.includes(id))
    const isClean =
      ownFaults.length <= 2 &&
      runs.every(
        (run) => (run.state === 'answered' && run.ids.some(isNumber)) || (isOwnFault(run) && !run.isScripted),
      ) &&
      ids.every((id) => (this.#callsOf.get(id) ?? []).every((call) => !this.#isGone(call)))
    if (!isClean) for (const id of ids) this.#hurt.add(id)
    // what began before the circuit opened says nothing of the model after it
    if (begunIn === instance.phase) this.#enter(instance, nextCircuit(instance.circuit, failure, this.clock.now()))
  }

  // -- what must hold

  #check(holds: boolean, fault: string): void {
    if (!holds) this.faults.push(fault)
  }

  #checkNow(): void {
    const nowMs = this.clock.now()
    for (const call of this.#calls) {
      this.#check(call.settled.length <= 1, `settled ${nameOf(call)} twice`)
      if (call.settled.length > 0) continue
      this.#check(call.signal?.aborted !== true, `${nameOf(call)} was aborted and still waits`)
    }
    for (const { engine, circuit } of this.#instances) {
      const { state } = engine.breaker
      const isLate = circuit.kind === 'open' && circuit.openedAtMs + breaker.openMs <= nowMs
      const isSame =
        circuit.kind === 'closed'
          ? state.kind === 'closed' && state.failures === circuit.failures
          : state.kind === circuit.kind || (isLate && state.kind === 'half-open')
      this.#check(isSame, `${engine.version}: its circuit is ${JSON.stringify(state)}, not ${JSON.stringify(circuit)}`)
      const queuedRows = this.#queued(engine.version).length
      this.#check(
        queuedRows <= limits.maxQueuedRows || this.#setup.strategy === 'none',
        `${engine.version} has ${queuedRows} rows in its queue`,
      )
    }
  }

  /** Time has passed and nothing runs: who is late has heard of it. */
  #checkLate(): void {
    for (const call of this.#calls)
      this.#check(
        call.settled.length > 0 || call.deadlineAtMs > this.clock.now(),
        `${nameOf(call)} is late and still waits`,
      )
  }

  #isBusy(): boolean {
    const isWaiting = this.#calls.some(({ settled }) => settled.length === 0)
    const isRunning = this.#runs.some((run) => run.state === 'pending')
    // lookups without an answer end by timers, and renewals begin by them; nothing else may leave one
    const mayHaveTimers = !this.#isClosed && this.#setup.cache !== 'none' && this.#setup.cache !== 'memory'
    const isTimed = mayHaveTimers && this.clock.pendingTimers > 0
    return isWaiting || isRunning || this.#turns.length > 0 || isTimed
  }

  #checkLeftovers(): void {
    this.#check(this.clock.pendingTimers === 0, `${this.clock.pendingTimers} timers are left`)
    for (const [i, { signal }] of this.#callers.entries())
      this.#check(getEventListeners(signal, 'abort').length === 0, `caller ${i} is listened to`)
    this.#check((this.#cache?.flights.size ?? 0) === 0, 'a flight is left')
    this.#check((this.#cache?.renewals.size ?? 0) === 0, 'a renewal is left')
  }

  /** A drained engine has no rows, runs or leases: what would be left of any would never end. */
  async #checkDrained(): Promise<void> {
    const { engine } = this.#current()
    this.#current().isDrained = false
    void engine.drain().then(() => (this.#current().isDrained = true))
    await settleMicrotasks()
    for (const { engine: each, isDrained } of this.#instances) this.#check(isDrained, `${each.version} is not drained`)
  }

  #checkPassed(ids: readonly number[], left: Call): void {
    const [{ outcome }] = left.settled
    const isGone = outcome === left.signal?.reason || (isMLError(outcome) && outcome.code === 'DEADLINE_EXCEEDED')
    this.#check(isGone, `${ids} passed ${nameOf(left)}`)
  }

  #checkCall(call: Call): void {
    const { kind, rows, signal, isAfterClose } = call
    if (call.settled.length !== 1) return this.#check(false, `${nameOf(call)} settled ${call.settled.length} times`)
    const [{ outcome, atMs, isClosed }] = call.settled
    const isWhole = !Array.isArray(outcome)
    if (signal?.aborted === true && outcome === signal.reason) return
    if (isMLError(outcome) && outcome.code === 'CLOSED')
      return this.#check(isClosed, `${nameOf(call)} ended with CLOSED`)
    this.#check(!isAfterClose, `${nameOf(call)} came after close and got ${describe(outcome)}`)
    if (kind === 'predict') {
      this.#checkAdmission(call, outcome)
      this.#checkEntry(call, rows[0], outcome)
      const isLate = call.deadlineAtMs <= atMs
      return this.#check(!isLate || isMLError(outcome), `${nameOf(call)} got ${describe(outcome)} after its deadline`)
    }
    if (isWhole) return this.#check(false, `${nameOf(call)} as a whole got ${describe(outcome)}`)
    this.#check(outcome.length === rows.length, `${nameOf(call)} got ${outcome.length} entries`)
    for (const [i, row] of rows.entries()) this.#checkEntry(call, row, outcome[i])
  }

  /** Who goes straight to the queue is refused where there is no room or no way, and nowhere else. */
  #checkAdmission(call: Call, outcome: unknown): void {
    if (!this.#isDirect(call)) return
    const { reason, source } = outcome as Prediction
    const code = isMLError(outcome) ? outcome.code : reason
    this.#check(!call.isShutOut || source !== 'model', `${nameOf(call)} got past an open circuit`)
    if (code !== 'QUEUE_FULL' || call.options.timeoutMs !== undefined) return
    const { rowsThere } = call
    this.#check(rowsThere >= limits.maxQueuedRows, `${nameOf(call)} was refused beside ${rowsThere} rows`)
  }

  #checkEntry(call: Call, { id, kind }: SentRow, entry: unknown): void {
    const fault = isMLError(entry)
      ? this.#errorFault(call, { id, kind }, entry)
      : this.#answerFault(call, { id, kind }, entry)
    this.#check(fault === undefined, `${nameOf(call)} row ${id}: ${describe(entry)}, ${fault}`)
  }

  #errorFault({ kind: callKind, options }: Call, { id, kind }: SentRow, { code }: MLError): string | undefined {
    const { fallback } = this.#setup
    if (code === 'INPUT_INVALID') return kind === 'bad' ? undefined : 'of a good row'
    // in overload a row is refused before it is read
    if (code === 'QUEUE_FULL' && callKind === 'predictBatch') return 'in a batch, which waits'
    if (code === 'DEADLINE_EXCEEDED') return options.timeoutMs === undefined ? 'without a deadline' : undefined
    if (kind === 'bad' && code !== 'QUEUE_FULL') return 'of a bad row'
    if (fallback !== 'none') return 'instead of the rule'
    if (code === 'QUEUE_FULL') return undefined
    if (code === 'BREAKER_OPEN')
      return this.#instances.some(({ hasOpened }) => hasOpened) ? undefined : 'of a closed circuit'
    const mayFail = kind === 'poison' || kind === 'nan' || this.#hurt.has(id)
    return errorTable[code].countsAsModelFailure && mayFail ? undefined : 'for no fault of the model'
  }

  #answerFault(call: Call, { id, kind }: SentRow, entry: unknown): string | undefined {
    const { source, version, value, reason } = entry as Prediction
    if (version !== versionOf(call.engineCount)) return 'by another version'
    if (kind === 'bad') return 'to a bad row'
    if (source === 'fallback') {
      if (this.#setup.fallback === 'none') return 'without a rule'
      return value === ruleAnswer(id) && fallbackReasons.includes(reason) ? undefined : 'which is not the rule’s'
    }
    if (kind === 'poison' || kind === 'nan') return 'to a row that has none'
    if (value !== answerTo(id, version as string)) return `not ${answerTo(id, version as string)}`
    const answeredAtMs = this.#answeredAtMs.get(`${version} ${id}`)
    if (answeredAtMs === undefined) return 'which no run gave'
    if (source === 'model') return undefined
    const { cache } = this.#setup
    if (cache === 'none' || call.options.useCache === false) return 'from a cache that was not asked'
    const longestMs = cache === 'keyv' ? Infinity : ttlMs + (cache === 'stale' ? staleMs : 0)
    if (answeredAtMs + longestMs < call.atMs) return 'which is too old'
    const isTenants = (other: Call): boolean =>
      (other !== call || call.kind === 'predictBatch') && other.options.tenant === call.options.tenant
    return (this.#callsOf.get(id) ?? []).some(isTenants) ? undefined : 'of another tenant'
  }

  /** Every row is counted once; where a batch was cut short, the rows that nobody heard of may be or not. */
  #checkStats(): void {
    const { requests, successes, errors, rejected, aborted, fallbacks, errorsByCode, cache } = this.#stats.snapshot()
    this.#check(requests === successes + errors + rejected + aborted, 'outcomes do not add up to requests')
    const heard = this.#calls.filter(({ isAfterClose }) => !isAfterClose)
    const entries = heard.flatMap(({ settled: [{ outcome }] }): unknown[] =>
      Array.isArray(outcome) ? outcome : [outcome],
    )
    const cutShort = heard.filter(
      ({ kind, settled: [{ outcome }] }) => kind === 'predictBatch' && !Array.isArray(outcome),
    )
    const slack = cutShort.reduce((sum, { rows }) => sum + rows.length, 0)
    const counted = (holds: (entry: unknown) => boolean): number => entries.filter(holds).length
    const compare = (name: string, got: number, expected: number): void =>
      this.#check(got >= expected && got <= expected + slack, `${got} ${name}, not ${expected}`)
    const has = (source: Prediction['source']) => (entry: unknown) => (entry as Prediction).source === source
    compare('requests', requests + cutShort.length, entries.length)
    compare('fallbacks', fallbacks, counted(has('fallback')))
    compare('cache hits', cache.hits, counted(has('cache')))
    compare(
      'successes',
      successes,
      counted((entry) => !isMLError(entry) && (entry as Prediction).source !== undefined),
    )
    for (const [code, count] of Object.entries(errorsByCode))
      if (cutShort.length === 0 || code !== 'CLOSED')
        compare(
          code,
          count,
          counted((entry) => isMLError(entry) && entry.code === code),
        )
  }
}

const fallbackReasons: readonly unknown[] = [
  'QUEUE_FULL',
  'BREAKER_OPEN',
  'EXECUTION_FAILED',
  'OUT_OF_MEMORY',
  'BACKEND_UNAVAILABLE',
]

function servingOptions({ strategy, cache }: Setup, clock: Clock): ServingOptions {
  const delays = strategy === 'adaptive' ? {} : { maxDelayMs: windowMs }
  return {
    batching: strategy === 'none' ? false : { strategy, ...limits, ...delays },
    caching: cache === 'none' ? false : cachings[cache](clock),
    breaker,
    timeBudgetMs,
  }
}

const cachings = {
  memory: () => ({ ttlMs }),
  stale: () => ({ ttlMs, staleWhileRevalidateMs: staleMs }),
  keyv: (clock) => ({ keyv: keyvOf(new Map(), clock) }),
  frozen: () => ({ keyv: { get: () => new Promise(() => undefined), set: () => new Promise(() => undefined) } }),
} as const satisfies Record<Exclude<Setup['cache'], 'none'>, (clock: Clock) => ServingOptions['caching']>

function keyvOf(entries: Map<string, string>, clock: Clock) {
  return {
    get: (key: string) =>
      new Promise((resolve) => {
        clock.setTimer(() => resolve(entries.get(key)), lookupMs)
      }),
    set: (key: string, value: string) => Promise.resolve(entries.set(key, value)),
  }
}

function createFallbacks({ fallback }: Setup): (state: EngineState) => Fallback | undefined {
  if (fallback === 'none') return () => undefined
  const answer = (row: unknown) => ({ value: ruleAnswer((row as { id: number }).id) })
  const rule = fallback === 'sync' ? answer : (row: unknown) => Promise.resolve(answer(row))
  return (state) =>
    createFallback({
      model: 'counter',
      version: state.kind === 'loaded' ? state.engine.version : null,
      ruleName: 'rule',
      rule,
    })
}

function ruleAnswer(id: number): number {
  return -id
}

function given({ id, kind }: SentRow): Record<string, unknown> {
  return { id: kind === 'bad' ? `row ${id}` : id }
}

function failureOf(why: (Step & { kind: 'fail' })['why']): unknown {
  return why === 'odd' ? new TypeError('the backend broke its word') : createError(why, 'a test said so')
}

function nextCircuit(circuit: Circuit, failure: { readonly error: unknown } | undefined, nowMs: number): Circuit {
  if (failure === undefined) return { kind: 'closed', failures: 0 }
  const { error } = failure
  if (!isMLError(error) || !errorTable[error.code].countsAsModelFailure) return circuit
  const failures = circuit.kind === 'closed' ? circuit.failures + 1 : breaker.failureThreshold
  return failures < breaker.failureThreshold ? { kind: 'closed', failures } : { kind: 'open', openedAtMs: nowMs }
}

function versionOf(engineCount: number): string {
  return `${engineCount}.0.0`
}

function isWithin(part: readonly number[], whole: readonly number[]): boolean {
  const left = [...whole]
  return part.every((id) => {
    const at = left.indexOf(id)
    if (at >= 0) left.splice(at, 1)
    return at >= 0
  })
}

function nameOf({ kind, rows, atMs, options }: Call): string {
  return `${kind} [${rows.map(({ id, kind: rowKind }) => `${rowKind} ${id}`)}] of ${atMs} ms with ${JSON.stringify(options)}`
}

function describe(outcome: unknown): string {
  return isMLError(outcome) ? `${outcome.code} (${outcome.message})` : (JSON.stringify(outcome) ?? String(outcome))
}
