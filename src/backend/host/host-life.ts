// The life of a backend's host process: who wants it in; a host that runs, or why there is none, out.

import type { MLError } from '../../errors.ts'
import type { Clock } from '../../observe/clock.ts'
import type { BackendFacts, BackendHealth } from '../port.ts'
import { type Asking, createHostConversation, type HostLoss, type HostQuestion } from './host-conversation.ts'
import { createHostDepartures } from './host-departures.ts'
import { noHost, refusedFor, restingFor, textOf } from './host-errors.ts'
import type { HostLink } from './host-link.ts'
import { createHostLosses } from './host-losses.ts'
import type { HostedName } from './host-protocol.ts'
import { conversationOf, type HostState, stateAt, stopped } from './host-state.ts'

/** CUDA compiles kernels for a card that its library does not know, which takes half a minute; twice that is a hang. */
const openDeadlineMs = 60_000

/** What never ran will not run in a second: the next model's choice need not pay for the start again. */
const refusalMs = 60_000

/** Models are often unloaded and loaded in one go; a start costs a second, an idle host only memory. */
const lingerMs = 5000

export type HostLifeOptions = {
  readonly name: HostedName
  readonly fork: () => HostLink
  readonly clock: Clock
  /** A host is open and holds no model. */
  readonly onRunning: () => void
  /** The open host is gone, and each request that it had was told. */
  readonly onLoss: () => void
  /** There is no host for now: nobody need wait. */
  readonly onRefused: (error: MLError) => void
}

export type HostUse = {
  /** Somebody waits for an answer: this process stays alive for it. */
  readonly isAwaited: boolean
  /** It should stay although nobody waits: it holds models. */
  readonly isNeeded: boolean
}

export type HostLife = {
  /** What the open host said of itself; undefined where none is open. */
  readonly facts: BackendFacts | undefined
  /** Why none can be had now. */
  readonly refusal: MLError | undefined
  /** True where no process is there nor on its way. */
  readonly isDown: boolean
  /** Sees to it that a host starts; `onRunning` or `onRefused` follows, the latter maybe before it returns. */
  want(): void
  /** While `facts` are there. @throws where a value cannot be cloned */
  ask(question: HostQuestion, asking: Asking): void
  use(use: HostUse): void
  health(): BackendHealth
  /** Forgets refusals and ends the host; resolves when the process is gone. */
  close(): Promise<void>
}

export function createHostLife(options: HostLifeOptions): HostLife {
  const { name, fork, clock } = options
  const departures = createHostDepartures(clock)
  const losses = createHostLosses()
  let state: HostState = stopped
  let inUse: HostUse = { isAwaited: false, isNeeded: false }
  /** A host was open: models may depend on the next one. */
  let hasServed = false
  /** Why none serves what the last one did, from a refusal until one does. */
  let outage: string | undefined

  function isWanted(): boolean {
    return inUse.isAwaited || inUse.isNeeded
  }

  function want(): void {
    const now = stateAt(state, clock.now())
    if (now.kind !== 'stopped') return
    stop()
    if (departures.isEmpty) return start()
    state = { kind: 'waiting' }
    departures.whenGone(() => {
      if (state.kind !== 'waiting') return
      state = stopped
      if (isWanted()) want()
    })
  }

  function start(): void {
    let link: HostLink
    try {
      link = fork()
    } catch (cause) {
      return refuse(noHost(name, 'could not be started', textOf(cause), cause))
    }
    losses.countStart(clock.now())
    const conversation = createHostConversation(link, clock, (loss) => lose(link, loss))
    state = { kind: 'starting', conversation }
    hold(link)
    conversation.ask(
      { kind: 'open' },
      {
        deadlineMs: openDeadlineMs,
        onLoss: () => undefined,
        onAnswer(answer) {
          losses.countAnswer()
          if (!answer.ok) {
            leave()
            return refuse(answer.error)
          }
          hasServed = true
          outage = undefined
          state = { kind: 'running', conversation, facts: answer.value as BackendFacts, linger: undefined }
          options.onRunning()
        },
      },
    )
  }

  /** One that has served is tried again by itself, for the models that it still holds; one that never ran when it is asked for. */
  function refuse(cause: MLError): void {
    losses.countAnswer()
    const restMs = hasServed ? losses.rest() : undefined
    const error = restMs === undefined ? cause : restingFor(cause, restMs)
    if (restMs !== undefined) outage = error.message
    state = { kind: 'ended', error, untilMs: clock.now() + (restMs ?? refusalMs), retry: undefined }
    options.onRefused(error)
    if (restMs !== undefined) setRetry(inUse.isNeeded, restMs)
  }

  function setRetry(isOn: boolean, inMs: number): void {
    if (state.kind !== 'ended' || isOn === (state.retry !== undefined)) return
    if (state.retry !== undefined) clock.clearTimer(state.retry)
    state = { ...state, retry: isOn ? clock.setTimer(tryAgain, inMs) : undefined }
  }

  /** A timer of the system may be early by a millisecond, which counts as the end of the rest. */
  function tryAgain(): void {
    stop()
    want()
  }

  /** No process, and no plan for one. */
  function stop(): void {
    setLinger(false)
    setRetry(false, 0)
    state = stopped
  }

  function lose(link: HostLink, loss: HostLoss): void {
    const wasStarting = state.kind === 'starting'
    const { cause, reason } = loss
    const objection = losses.record({ loss, wasStarting }, clock.now())
    stop()
    if (cause !== 'exit') departures.add(link, cause === 'overdue' ? 'kill' : 'ask')
    if (!wasStarting) options.onLoss()
    if (objection !== undefined) refuse(noHost(name, objection, reason))
    else if (isWanted()) want()
  }

  /** Ends the host without a loss. */
  function leave(): void {
    const conversation = conversationOf(state)
    stop()
    if (conversation === undefined) return
    conversation.leave()
    departures.add(conversation.link, 'ask')
  }

  function setLinger(isOn: boolean): void {
    if (state.kind !== 'running' || isOn === (state.linger !== undefined)) return
    if (state.linger !== undefined) clock.clearTimer(state.linger)
    state = { ...state, linger: isOn ? clock.setTimer(leave, lingerMs) : undefined }
  }

  function hold(link: HostLink): void {
    if (inUse.isAwaited) link.ref()
    else link.unref()
  }

  return {
    get facts() {
      return state.kind === 'running' ? state.facts : undefined
    },
    get refusal() {
      const nowMs = clock.now()
      const now = stateAt(state, nowMs)
      return now.kind === 'ended' ? refusedFor(now.error, now.untilMs - nowMs) : undefined
    },
    get isDown() {
      return state.kind === 'stopped' || state.kind === 'ended'
    },
    want,
    ask(question, asking) {
      conversationOf(state)?.ask(question, asking)
    },
    use(use) {
      const wasAwaited = inUse.isAwaited
      inUse = use
      const conversation = conversationOf(state)
      if (conversation !== undefined && use.isAwaited !== wasAwaited) hold(conversation.link)
      setLinger(!isWanted())
      if (!use.isNeeded) setRetry(false, 0)
    },
    health: () => ({ ...losses.health(), ...(outage !== undefined && { outage }) }),
    async close() {
      hasServed = false
      outage = undefined
      losses.forgive()
      leave()
      if (!departures.isEmpty) await new Promise<void>((resolve) => departures.whenGone(resolve))
    },
  }
}
