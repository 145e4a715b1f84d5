// How a batch ended, told once a batch however often it was run: what a circuit breaker counts.

export type BatchOutcome =
  /** Each job has its own answer or its own error. */
  | { readonly kind: 'answered' }
  /** It failed as a whole, and halves of it did not: the model works, some of the rows do not. */
  | { readonly kind: 'rescued'; readonly runCount: number }
  /** No run of it gave answers: `error` is that of the first. */
  | { readonly kind: 'failed'; readonly runCount: number; readonly error: unknown }
