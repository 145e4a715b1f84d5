// An error of the Redis client or of Redis itself in; which kind of failure it tells of, out.

/** A user of Redis' access lists who may read and write may still be forbidden to ping. */
export function isForbiddenPing(error: Error): boolean {
  return /^NOPERM .*\bping\b/i.test(error.message)
}

/** What Redis itself says begins with a code in capitals. */
export function isReply(error: unknown): error is Error {
  return error instanceof Error && /^[A-Z]+ /.test(error.message)
}

export function isClosedByPeer(error: unknown): boolean {
  return error instanceof Error && /closed unexpectedly|ECONNRESET/.test(error.message)
}

/** By `client.destroy`. */
export function isCutOff(error: unknown): boolean {
  return error instanceof Error && error.message === 'Disconnects client'
}

/** The client's decoder throws plain errors, and type errors where there is a reply too many. */
export function isOfDecoder(error: unknown): error is Error {
  return error instanceof TypeError || (error instanceof Error && error.message.startsWith('Unknown RESP type'))
}

export function unreadableReply(cause: Error): Error {
  return new Error(`what answers does not speak Redis' protocol: ${cause.message}`, { cause })
}
