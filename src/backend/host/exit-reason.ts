// How a host process ended and the tail of what it wrote to stderr in; one line for people out.

export type ProcessEnd = {
  readonly code: number | null
  readonly signal: string | null
  readonly stderrTail: string
}

/** What a signal usually means for a process that computes. */
const signalMeanings: Readonly<Record<string, string>> = {
  SIGILL: 'this processor lacks what the library needs (AVX)',
  SIGKILL: 'by hand, or by a system that ran out of memory',
  SIGSEGV: 'a fault in native code',
  SIGBUS: 'a fault in native code, or no room in shared memory',
  SIGABRT: 'native code gave up',
}

/** Stack frames, Node's own version line, TensorFlow's log lines below error, and lines of punctuation only. */
const noise = /^\s+at |^Node\.js v|^WARNING: All log|^[IW]\d{4} |: [IW] tensorflow|^\W*$/

/** Of what is left, a line like this one says more than the last. */
const complaint = /error|fail|fatal|abort|cannot|could not/i

/** Longer lines are dumps. */
const maxLineLength = 300

export function exitReason({ code, signal, stderrTail }: ProcessEnd): string {
  const lines = stderrTail.split(/\r?\n/).filter((text) => !noise.test(text))
  const line = lines.findLast((text) => complaint.test(text)) ?? lines.at(-1)
  const said = line === undefined ? '' : `; its last words: ${line.trim().slice(0, maxLineLength)}`
  return `${endOf(code, signal)}${said}`
}

function endOf(code: number | null, signal: string | null): string {
  if (signal === null) return `exited with code ${code ?? 'unknown'}`
  const meaning = signalMeanings[signal]
  const end = `${signal === 'SIGKILL' || signal === 'SIGTERM' ? 'killed' : 'died'} by ${signal}`
  return meaning === undefined ? end : `${end}: ${meaning}`
}
