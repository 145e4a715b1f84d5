// Tables of a region in, nothing out, or the caller's own error naming the field whose entries are wrong.

/** Throws, naming the region it was made for. */
export type Fail = (field: string, expectation: string) => never

export function assertLength(fail: Fail, field: string, values: ArrayLike<unknown>, length: number): void {
  if (values.length !== length) fail(field, `must have ${length} entries, got ${values.length}`)
}

export function assertFinite(fail: Fail, field: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(values[i])) fail(field, `must hold finite numbers, got ${values[i]} at ${i}`)
}

/** @throws where a value is no integer of [low, high] */
export function assertIntegers(fail: Fail, field: string, values: ArrayLike<number>, range: [number, number]): void {
  const [low, high] = range
  for (let i = 0; i < values.length; i++) {
    if (Number.isInteger(values[i]) && values[i] >= low && values[i] <= high) continue
    fail(field, `must hold integers of ${low} … ${high}, got ${values[i]} at ${i}`)
  }
}
