// Random interleavings of everything a batcher can live through, held against a simple model of what must be true.

import { getEventListeners } from 'node:events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBatcher } from '../../src/batching/batcher.ts'
import type { BatchOutcome } from '../../src/batching/batch-outcome.ts'
import type { Priority } from '../../src/batching/pending-job.ts'
import { mayBeRowFault } from '../../src/batching/run-jobs.ts'
import { createError } from '../../src/errors.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'
import { codeOf, createHandReleasedBatcher, flushPromises } from '../helpers/hand-released-batcher.ts'

type Submit = {
  readonly kind: 'submit'
  readonly rowCount: number
  readonly priority: Priority
  readonly group: 'a' | 'b'
  readonly whenFull: 'refuse' | 'wait'
  readonly isPoison: boolean
  readonly timeoutMs?: number
  readonly caller?: number
}

type Step =
  | Submit
  | { readonly kind: 'submitMany'; readonly count: number; readonly caller?: number }
  | { readonly kind: 'abort'; readonly caller: number }
  | { readonly kind: 'advance'; readonly ms: number }
  | { readonly kind: 'endTurn' | 'finish' | 'fail' | 'lose' | 'drain' | 'close' }

const callerCount = 4
const submit: fc.Arbitrary<Step> = fc.record(
  {
    kind: fc.constant('submit' as const),
    rowCount: fc.integer({ min: 1, max: 4 }),
    priority: fc.constantFrom('low' as const, 'normal' as const, 'high' as const),
    group: fc.constantFrom('a' as const, 'b' as const),
    whenFull: fc.constantFrom('refuse' as const, 'refuse' as const, 'wait' as const),
    isPoison: fc.integer({ min: 0, max: 7 }).map((n) => n === 0),
    timeoutMs: fc.integer({ min: 1, max: 80 }),
    caller: fc.nat({ max: callerCount - 1 }),
  },
  { requiredKeys: ['kind', 'rowCount', 'priority', 'group', 'whenFull', 'isPoison'] },
)
const submitMany: fc.Arbitrary<Step> = fc.record(
  {
    kind: fc.constant('submitMany' as const),
    count: fc.integer({ min: 0, max: 30 }),
    caller: fc.nat({ max: callerCount - 1 }),
  },
  { requiredKeys: ['kind', 'count'] },
)
const caller = fc.nat({ max: callerCount - 1 })
const ms = fc.integer({ min: 1, max: 60 })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: submit },
  { weight: 1, arbitrary: submitMany },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('abort' as const), caller }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('advance' as const), ms }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom('endTurn' as const, 'finish' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('fail' as const, 'lose' as const, 'drain' as const) }) },
)

/** What the model knows of a job. */
type Known = {
  readonly name: string
  readonly given: Omit<Submit, 'kind'>
  readonly submittedAtMs: number
  readonly deadlineAtMs: number
  /** When a run first had it. */
  state: 'waiting' | 'run' | 'settled'
  readonly outcomes: unknown[]
}

type Strategy = 'adaptive' | 'time-window' | 'fixed-size'

const limits = { maxRows: 6, maxQueuedRows: 12 }
const handicapMs = { high: 0, normal: 100, low: 1000 }
const delayMs = 50

class Model {
  readonly clock = createFakeClock()
  readonly jobs = new Map<string, Known>()
  readonly callers = Array.from({ length: callerCount }, () => new AbortController())
  readonly outcomes: BatchOutcome[] = []
  /** Runs that a test has not ended yet: at most one, or the batcher broke its word. */
  readonly openRuns: { readonly names: readonly string[]; end(error?: Error): void }[] = []
  deferred: (() => void)[] = []
  isDraining = false
  isClosed = false
  /** The next runs of a model in this thread fail with it. */
  nextFailure: Error | undefined
  /** Jobs of the batch under way, and whether something other than poison made a run of it fail. */
  batch: readonly string[] = []
  readonly hurt = new Set<string>()
  readonly faults: string[] = []
  /** Batches that left before a job that goes first. */
  readonly passed: { readonly names: readonly string[]; readonly left: Known }[] = []
  readonly strategy: Strategy
  readonly mode: 'sync' | 'async'
  readonly batcher

  constructor(strategy: Strategy, mode: 'sync' | 'async') {
    this.strategy = strategy
    this.mode = mode
    this.batcher = createBatcher<string, string>({
      strategy,
      mode,
      ...limits,
      ...(strategy === 'adaptive' ? {} : { maxDelayMs: delayMs }),
      clock: this.clock,
      defer: (callback) => this.deferred.push(callback),
      groupOf: (name) => name[0],
      mayBeRowFault,
      onOutcome: (outcome) => this.outcomes.push(outcome),
      execute: (names, { attempt }) => this.#execute(names, attempt),
    })
  }

  known(name: string): Known {
    const job = this.jobs.get(name)
    if (job === undefined) throw new Error(`nobody submitted ${name}`)
    return job
  }

  add(given: Omit<Submit, 'kind'>): Known {
    const nowMs = this.clock.now()
    const deadlineAtMs = given.timeoutMs === undefined ? Infinity : nowMs + given.timeoutMs
    const name = `${given.group}${this.jobs.size}${given.isPoison ? '!' : ''}`
    const job: Known = { name, given, submittedAtMs: nowMs, deadlineAtMs, state: 'waiting', outcomes: [] }
    this.jobs.set(name, job)
    return job
  }

  isGone({ given, deadlineAtMs }: Known): boolean {
    const isAborted = given.caller !== undefined && this.callers[given.caller].signal.aborted
    return isAborted || deadlineAtMs <= this.clock.now()
  }

  #check(holds: boolean, fault: string): void {
    if (!holds) this.faults.push(fault)
  }

  #execute(names: readonly string[], attempt: number): string[] | Promise<string[]> {
    const jobs = names.map((name) => this.known(name))
    this.#check(!this.isClosed, `ran ${names} after close`)
    this.#check(this.openRuns.length === 0, `ran ${names} beside another run`)
    this.#check(new Set(jobs.map(({ given }) => given.group)).size === 1, `mixed groups in ${names}`)
    for (const job of jobs) {
      this.#check(!this.isGone(job), `ran ${job.name}, whose caller was gone`)
      this.#check(job.state === (attempt === 1 ? 'waiting' : 'run'), `ran ${job.name} when it was ${job.state}`)
    }
    if (attempt === 1) this.#checkBatch(jobs)
    else
      this.#check(
        names.every((name) => this.batch.includes(name)),
        `ran ${names}, which are not of the batch`,
      )
    if (this.mode === 'sync') {
      const failure = this.nextFailure
      this.nextFailure = undefined
      return this.#resultsOf(names, failure)
    }
    return new Promise((resolve, reject) => {
      const end = (error?: Error): void => {
        try {
          resolve(this.#resultsOf(names, error))
        } catch (thrown) {
          reject(thrown as Error)
        }
      }
      this.openRuns.push({ names, end })
    })
  }

  /** Size, order and moment of a batch. */
  #checkBatch(jobs: readonly Known[]): void {
    const names = jobs.map(({ name }) => name)
    const rows = jobs.reduce((sum, { given }) => sum + given.rowCount, 0)
    this.#check(rows <= limits.maxRows, `ran ${rows} rows at once`)
    const [{ given: first }] = jobs
    const waiting = [...this.jobs.values()].filter((job) => job.state === 'waiting' && !this.isGone(job))
    const ofGroup = waiting.filter(({ given }) => given.group === first.group)
    const rank = ({ given, submittedAtMs }: Known): number => submittedAtMs + handicapMs[given.priority]
    // When a job that waited for room joined the queue, only the batcher knows.
    const direct = (list: readonly Known[]) => list.filter(({ given }) => given.whenFull === 'refuse')
    const ranks = direct(jobs).map(rank)
    this.#check(
      ranks.every((each, i) => i === 0 || ranks[i - 1] <= each),
      `out of order: ${names}`,
    )
    for (const left of direct(ofGroup).filter(({ name }) => !names.includes(name)))
      this.#check(
        ranks.every((each) => each <= rank(left)),
        `${names} passed ${left.name}`,
      )
    if (this.strategy === 'adaptive' && direct(jobs).length > 0 && direct(jobs)[0] === jobs[0])
      for (const left of direct(waiting))
        this.#check(ranks[0] <= rank(left), `${names} before the group of ${left.name}`)
    // Who was late at the very moment that the batch left still made it due.
    const present = [...this.jobs.values()].filter((job) => job.state === 'waiting' && job.given.group === first.group)
    if (this.strategy !== 'adaptive' && !this.isDraining && direct(present).length === present.length) {
      const oldestMs = Math.min(...present.map(({ submittedAtMs }) => submittedAtMs))
      const groupRows = present.reduce((sum, { given }) => sum + given.rowCount, 0)
      const isDue = groupRows >= limits.maxRows || oldestMs + delayMs <= this.clock.now()
      this.#check(isDue, `${names} left before their window was over`)
    }
    for (const job of jobs) job.state = 'run'
    this.batch = names
  }

  #resultsOf(names: readonly string[], failure: Error | undefined): string[] {
    if (failure !== undefined) for (const name of this.batch) this.hurt.add(name)
    if (failure !== undefined) throw failure
    const poison = names.filter((name) => name.endsWith('!'))
    if (poison.length > 0) throw createError('EXECUTION_FAILED', `poison ${poison}`)
    return names.map((name) => name.toUpperCase())
  }

  settled(job: Known, outcome: unknown): void {
    job.outcomes.push(outcome)
    job.state = 'settled'
  }

  submit(given: Omit<Submit, 'kind'>): void {
    const job = this.add(given)
    const { rowCount, priority, whenFull } = given
    const signal = given.caller === undefined ? undefined : this.callers[given.caller].signal
    const options = { rowCount, priority, whenFull, signal, deadlineAtMs: job.deadlineAtMs }
    void this.batcher.submit(job.name, options).then(
      (answer) => this.settled(job, answer),
      (error: unknown) => this.settled(job, (error as { code?: string }).code ?? error),
    )
  }

  submitMany(count: number, callerIndex: number | undefined): void {
    const shared = { rowCount: 1, priority: 'normal', group: 'a', whenFull: 'wait', caller: callerIndex } as const
    const jobs = Array.from({ length: count }, (_, i) => this.add({ ...shared, isPoison: i === 3 }))
    const signal = callerIndex === undefined ? undefined : this.callers[callerIndex].signal
    const names = jobs.map(({ name }) => name)
    void this.batcher.submitMany(names, { signal }).then(
      (entries) => {
        expect(entries).toHaveLength(count)
        entries.forEach((entry, i) =>
          this.settled(jobs[i], entry instanceof Error ? (entry as Error & { code: string }).code : entry),
        )
      },
      (error: unknown) => {
        for (const job of jobs) this.settled(job, (error as { code?: string }).code ?? error)
      },
    )
  }

  async endTurn(): Promise<void> {
    for (const callback of this.deferred.splice(0)) callback()
    await flushPromises()
  }

  async act(given: Step): Promise<void> {
    if (given.kind === 'submit') this.submit(given)
    else if (given.kind === 'submitMany') this.submitMany(given.count, given.caller)
    else if (given.kind === 'abort') this.callers[given.caller].abort(`reason ${given.caller}`)
    else if (given.kind === 'advance') this.clock.advance(given.ms)
    else if (given.kind === 'endTurn') await this.endTurn()
    else if (given.kind === 'drain') this.drain()
    else if (given.kind === 'close') this.close()
    else await this.end(given.kind)
    await flushPromises()
  }

  async end(how: 'finish' | 'fail' | 'lose'): Promise<void> {
    const error = {
      finish: undefined,
      fail: createError('OUT_OF_MEMORY', 'none left'),
      lose: createError('BACKEND_UNAVAILABLE', 'gone'),
    }[how]
    if (this.mode === 'sync') this.nextFailure = error
    else this.openRuns.shift()?.end(error)
    await flushPromises()
  }

  drain(): void {
    this.isDraining = true
    void this.batcher.drain().then(() => (this.isDraining = false))
  }

  close(): void {
    this.isClosed = true
    void this.batcher.close()
  }

  async runDry(): Promise<void> {
    this.drain()
    this.nextFailure = undefined
    for (let i = 0; this.isDraining; i++) {
      expect(i).toBeLessThan(1000)
      await this.endTurn()
      await this.end('finish')
    }
  }

  checkEnd(): void {
    expect(this.faults).toEqual([])
    // Only a job that would have been late anyway makes room for one that would not.
    for (const { names, left } of this.passed)
      expect(left.outcomes, `${names} passed ${left.name}`).toEqual(['DEADLINE_EXCEEDED'])
    const allowed = ['QUEUE_FULL', 'DEADLINE_EXCEEDED', 'OUT_OF_MEMORY', 'BACKEND_UNAVAILABLE', 'EXECUTION_FAILED']
    for (const { name, given, outcomes } of this.jobs.values()) {
      expect(outcomes).toHaveLength(1)
      const [outcome] = outcomes
      if (outcome === name.toUpperCase()) expect(given.isPoison).toBe(false)
      else if (outcome === `reason ${given.caller}`) expect(this.callers[given.caller ?? 0].signal.aborted).toBe(true)
      else if (outcome === 'CLOSED') expect(this.isClosed).toBe(true)
      else expect(allowed).toContain(outcome)
      if (outcome === 'QUEUE_FULL') expect(given.whenFull).toBe('refuse')
      if (outcome === 'DEADLINE_EXCEEDED') expect(given.timeoutMs).toBeGreaterThan(0)
      if (outcome === 'OUT_OF_MEMORY' || outcome === 'BACKEND_UNAVAILABLE') expect(this.hurt).toContain(name)
    }
    expect(this.batcher.queuedRows).toBe(0)
    expect(this.clock.pendingTimers).toBe(0)
    for (const { signal } of this.callers) expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  }
}

const strategies = fc.constantFrom('adaptive' as const, 'time-window' as const, 'fixed-size' as const)
const modes = fc.constantFrom('sync' as const, 'async' as const)

describe('batcher, under any interleaving', () => {
  it('settles each caller exactly once, with its own answer, in order, and keeps nothing', async () => {
    const histories = fc.array(step, { maxLength: 60 })
    const property = async (
      strategy: Strategy,
      mode: Model['mode'],
      steps: readonly Step[],
      closesAt: number | undefined,
    ): Promise<void> => {
      const model = new Model(strategy, mode)
      for (const [i, given] of steps.entries()) {
        if (i === closesAt) model.close()
        await model.act(given)
        expect(model.batcher.queuedRows).toBeLessThanOrEqual(limits.maxQueuedRows)
      }
      await model.runDry()
      model.close()
      await flushPromises()
      model.checkEnd()
    }
    await fc.assert(
      fc.asyncProperty(strategies, modes, histories, fc.option(fc.nat({ max: 60 }), { nil: undefined }), property),
      { numRuns: 1000 },
    )
  })

  it('lets one or two poisonous rows of a batch fail alone, whoever else is in it', async () => {
    const names = fc.array(fc.constantFrom('a', 'a', 'a', 'a!'), { minLength: 2, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(modes, names, async (mode, kinds) => {
        fc.pre(kinds.filter((kind) => kind === 'a!').length <= 2)
        const model = new Model('adaptive', mode)
        const shared = { rowCount: 1, priority: 'normal', group: 'a', whenFull: 'wait' } as const
        for (const kind of kinds) model.submit({ ...shared, isPoison: kind === 'a!' })
        await model.runDry()
        for (const { name, given, outcomes } of model.jobs.values())
          expect(outcomes).toEqual([given.isPoison ? 'EXECUTION_FAILED' : name.toUpperCase()])
        model.checkEnd()
      }),
      { numRuns: 200 },
    )
  })

  it('keeps nothing of ten thousand callers who left, half of them while they waited for room', async () => {
    const [batcher, { clock, batches }] = createHandReleasedBatcher({ mode: 'async', maxQueuedRows: 10_000 })
    const callers = Array.from({ length: 10_000 }, () => new AbortController())
    const codes = callers.map(({ signal }, i) =>
      codeOf(batcher.submit(`${i}`, { signal, deadlineAtMs: clock.now() + 1 + i, whenFull: 'wait' })),
    )
    expect(batcher.queuedRows).toBe(5000)
    callers.forEach((each, i) => each.abort(i))
    expect(await Promise.all(codes)).toEqual(callers.map((_, i) => i))
    expect([batcher.queuedRows, clock.pendingTimers]).toEqual([0, 0])
    for (const { signal } of callers) expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    // only the first was ever run, since it came to an idle model
    batches[0].finish()
    await flushPromises()
    expect(batches.map(({ jobs }) => jobs)).toEqual([['0']])
    const next = batcher.submit('next')
    batches[1].finish()
    expect(await next).toBe('NEXT')
  })
})
