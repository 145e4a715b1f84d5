// A link to one host in; requests asked in order, their answers, and one report when the host is lost, out.

import type { MLError } from '../../errors.ts'
import type { Clock, Timer } from '../../observe/clock.ts'
import { rebuildError } from './host-errors.ts'
import type { HostLink } from './host-link.ts'
import type { HostReply, HostRequest, HostValue } from './host-protocol.ts'

export type HostAnswer =
  | { readonly ok: true; readonly value: HostValue }
  | { readonly ok: false; readonly error: MLError }

export type HostLoss = {
  /** `exit`: the process is gone; `announced`: it says that it ends; `overdue`: it has not answered in time, and still runs. */
  readonly cause: 'exit' | 'announced' | 'overdue'
  readonly reason: string
}

/** A request without the number that the conversation gives it. */
export type HostQuestion = HostRequest extends infer Request
  ? Request extends HostRequest
    ? Omit<Request, 'id'>
    : never
  : never

export type Asking = {
  /** Counted from the moment that the host has nothing older to do. */
  readonly deadlineMs: number
  readonly onAnswer: (answer: HostAnswer) => void
  /**
   * Called instead of `onAnswer`, oldest request first. The host serves in order, so the oldest is what it was lost with;
   * the others it had not begun.
   */
  readonly onLoss: (loss: HostLoss, isOldest: boolean) => void
}

export type HostConversation = {
  readonly link: HostLink
  /** Does nothing once the host is lost. @throws what `link.send` throws; nothing was asked then */
  ask(question: HostQuestion, asking: Asking): void
  /** Stops listening; nobody is told. */
  leave(): void
}

/** `onLoss` is called at most once, after those of the requests. */
export function createHostConversation(
  link: HostLink,
  clock: Clock,
  onLoss: (loss: HostLoss) => void,
): HostConversation {
  const asked = new Map<number, Asking>()
  let lastId = 0
  let watch: { readonly id: number; readonly timer: Timer } | undefined
  let isOver = false

  /** One timer, for the oldest request. */
  function watchOldest(): void {
    const oldest = isOver ? undefined : asked.entries().next().value
    if (oldest?.[0] === watch?.id) return
    if (watch !== undefined) clock.clearTimer(watch.timer)
    if (oldest === undefined) watch = undefined
    else {
      const [id, { deadlineMs }] = oldest
      const reason = `no answer within ${deadlineMs} ms`
      watch = { id, timer: clock.setTimer(() => lose({ cause: 'overdue', reason }), deadlineMs) }
    }
  }

  function leave(): void {
    isOver = true
    watchOldest()
    asked.clear()
  }

  function lose(loss: HostLoss): void {
    if (isOver) return
    const lost = [...asked.values()]
    leave()
    lost.forEach((asking, i) => asking.onLoss(loss, i === 0))
    onLoss(loss)
  }

  function hear(reply: HostReply): void {
    if ('kind' in reply) return lose({ cause: 'announced', reason: reply.reason })
    const asking = asked.get(reply.id)
    if (asking === undefined) return
    asked.delete(reply.id)
    watchOldest()
    asking.onAnswer(reply.ok ? reply : { ok: false, error: rebuildError(reply.error) })
  }

  link.onReply(hear)
  link.onExit((reason) => lose({ cause: 'exit', reason }))

  return {
    link,
    ask(question, asking) {
      if (isOver) return
      const id = lastId + 1
      link.send({ id, ...question })
      lastId = id
      asked.set(id, asking)
      watchOldest()
    },
    leave,
  }
}
