// An error in, a promise out that is rejected with it once whoever asked has had time to handle it.

/**
 * Node takes down each promise that is rejected before it has a handler, in case none comes: with a thousand refusals
 * at once, that costs more than the refusals.
 */
export function rejectSoon(error: Error): Promise<never> {
  return new Promise((_resolve, reject) => queueMicrotask(() => reject(error)))
}
