// What a parent needs of one running host process: send and hear, end it, and know when it is gone.

import type { HostReply, HostRequest } from './host-protocol.ts'

export type HostLink = {
  /** Undefined where the system gave no process; `onExit` then says why. */
  readonly pid: number | undefined
  /** Does nothing where the host is gone; throws where a value cannot be cloned. */
  send(request: HostRequest): void
  onReply(listener: (reply: HostReply) => void): void
  /** Called once, when the process is gone and every reply that it sent has been heard; `reason` is for people. */
  onExit(listener: (reason: string) => void): void
  /** Closes the channel, whereupon a host that still serves ends by itself. */
  end(): void
  /** Ends it at once, whatever it does. */
  kill(): void
  /** Keeps this process alive as long as the host lives. */
  ref(): void
  /** Lets this process end although the host lives: the state of a host that nobody waits for. */
  unref(): void
}
