// Calls and models in; each call answered once by whichever host runs, over the losses of hosts in between.

import { createError, type MLError } from '../../errors.ts'
import type { Clock } from '../../observe/clock.ts'
import type { HostAnswer, HostLoss } from './host-conversation.ts'
import { type HostCall, type HostedModel, modelOf } from './host-call.ts'
import { couldNot, lostTwice, noHost, notLoadedAgain, textOf } from './host-errors.ts'
import { overBudget } from '../run-budget.ts'
import { createHostLife, type HostLife } from './host-life.ts'
import type { HostLink } from './host-link.ts'
import type { HostedName } from './host-protocol.ts'

/** Weights of a gibibyte go through a pipe, are decoded and folded within some ten seconds. */
const loadDeadlineMs = 120_000

/** A batch or a load that a host was lost with has one more try: the loss may have been another's fault. */
const maxLossesOfOne = 1

export type HostWork = {
  readonly life: HostLife
  /** Settles the call once, now or later. */
  submit(call: HostCall): void
  /** Frees the model once its last call is settled. */
  dispose(model: HostedModel): void
  close(): Promise<void>
}

export type HostWorkOptions = {
  readonly name: HostedName
  readonly fork: () => HostLink
  readonly clock: Clock
  readonly runDeadlineMs: number
}

export function createHostWork({ name, fork, clock, runDeadlineMs }: HostWorkOptions): HostWork {
  const models = new Set<HostedModel>()
  const calls = new Set<HostCall>()
  /** Not sent to the host that runs now, oldest first. */
  let waiting: HostCall[] = []
  /** Sent to the host that is being lost, oldest first. */
  let returned: HostCall[] = []

  const life = createHostLife({
    name,
    fork,
    clock,
    onRunning() {
      for (const model of models) if (model.residence === 'absent') load(model)
      sendWaiting()
    },
    onLoss() {
      for (const model of models) if (model.residence !== 'barred') model.residence = 'absent'
      waiting = [...returned, ...waiting]
      returned = []
      updateUse()
    },
    onRefused(error) {
      for (const call of [...calls]) reject(call, error)
    },
  })

  function updateUse(): void {
    // who closed a model waits for no batch of it
    let isAwaited = false
    for (const call of calls) isAwaited ||= modelOf(call)?.isDisposed !== true
    let isNeeded = false
    for (const { residence } of models) isNeeded ||= residence !== 'barred'
    life.use({ isAwaited, isNeeded })
  }

  /** True where the call was still open; it is no more. */
  function take(call: HostCall): boolean {
    if (!calls.delete(call)) return false
    const model = modelOf(call)
    if (model !== undefined) {
      model.callCount--
      const isNobodys = call.kind === 'load' && !model.wasLoaded
      if (model.callCount === 0 && (model.isDisposed || isNobodys)) free(model)
    }
    updateUse()
    return true
  }

  function reject(call: HostCall, error: MLError): void {
    if (take(call)) call.reject(error)
  }

  function free(model: HostedModel): void {
    if (!models.delete(model)) return
    const { residence, number } = model
    model.residence = 'absent'
    if (residence !== 'loaded' && residence !== 'loading') return
    const ignore = (): void => undefined
    life.ask({ kind: 'dispose', model: number }, { deadlineMs: runDeadlineMs, onAnswer: ignore, onLoss: ignore })
  }

  function sendWaiting(): void {
    if (life.facts !== undefined) waiting = waiting.filter((call) => calls.has(call) && !send(call))
    updateUse()
  }

  /** False where it must wait for its model. */
  function send(call: HostCall): boolean {
    const model = modelOf(call)
    if (model !== undefined && model.residence !== 'loaded') {
      if (model.residence !== 'loading') load(model)
      return false
    }
    if (call.kind === 'ask') {
      if (clock.now() < call.expiresAtMs) ask(call)
      else reject(call, noHost(name, `could not ${call.purpose}`, 'it was away for too long'))
    } else if (take(call)) call.resolve()
    return true
  }

  function load(model: HostedModel): void {
    const { number, artifact, derived } = model
    const purpose = `load model ${artifact.metadata.name}`
    const onAnswer = (answer: HostAnswer): void => {
      if (!models.has(model)) return
      model.loadLossCount = 0
      if (!answer.ok) return bar(model, answer.error)
      model.residence = 'loaded'
      if (typeof answer.value === 'string') model.form = answer.value
      model.wasLoaded = true
      sendWaiting()
    }
    const onLoss = ({ cause, reason }: HostLoss, isOldest: boolean): void => {
      if (!isOldest || !models.has(model)) return
      if (cause === 'overdue') bar(model, couldNot(name, 'MODEL_LOAD_FAILED', purpose, reason))
      else if (++model.loadLossCount > maxLossesOfOne) bar(model, lostTwice(name, purpose, reason))
    }
    model.residence = 'loading'
    try {
      life.ask(
        { kind: 'load', model: number, artifact, ...(derived && { derived }) },
        { deadlineMs: loadDeadlineMs, onAnswer, onLoss },
      )
    } catch (cause) {
      bar(model, couldNot(name, 'MODEL_LOAD_FAILED', purpose, textOf(cause), cause))
    }
  }

  function bar(model: HostedModel, error: MLError): void {
    model.residence = 'barred'
    model.loadLossCount = 0
    for (const call of [...calls])
      if (modelOf(call) === model) reject(call, call.kind === 'ask' ? notLoadedAgain(name, call.purpose, error) : error)
    updateUse()
  }

  function ask(call: HostCall & { kind: 'ask' }): void {
    const { question, purpose, model, timeBudgetMs } = call
    const onAnswer = (answer: HostAnswer): void => {
      if (!answer.ok) reject(call, answer.error)
      else if (take(call)) call.resolve(answer.value)
    }
    const onLoss = ({ cause, reason }: HostLoss, isOldest: boolean): void => {
      if (isOldest && cause === 'overdue') reject(call, tooSlow(reason))
      else if (isOldest && ++call.lossCount > maxLossesOfOne) reject(call, lostTwice(name, purpose, reason))
      else returned.push(call)
    }
    // what hung once would hang another host, and its callers have waited for as long as they were to
    const tooSlow = (reason: string): MLError =>
      model === undefined || timeBudgetMs === undefined
        ? couldNot(name, 'EXECUTION_FAILED', purpose, reason)
        : overBudget(model.artifact.metadata.name, timeBudgetMs, name)
    try {
      life.ask(question, { deadlineMs: timeBudgetMs ?? runDeadlineMs, onAnswer, onLoss })
    } catch (cause) {
      reject(call, couldNot(name, 'EXECUTION_FAILED', purpose, textOf(cause), cause))
    }
  }

  return {
    life,
    submit(call) {
      const { refusal } = life
      if (refusal !== undefined) return call.reject(refusal)
      const model = modelOf(call)
      if (model !== undefined) model.callCount++
      if (call.kind === 'load') models.add(call.model)
      calls.add(call)
      waiting.push(call)
      updateUse()
      life.want()
      sendWaiting()
    },
    dispose(model) {
      if (model.isDisposed) return
      model.isDisposed = true
      if (model.callCount === 0) free(model)
      updateUse()
    },
    async close() {
      const open = [...calls]
      calls.clear()
      waiting = []
      for (const model of models) model.isDisposed = true
      models.clear()
      for (const call of open) call.reject(createError('CLOSED', `backend ${name} was closed`))
      updateUse()
      await life.close()
    },
  }
}
