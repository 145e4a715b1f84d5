// Distances with their indices, one after the other, in; the least of them, and their weights, out.

export type NearestHeap = {
  /** In no order but that the first is the largest; Infinity where there are fewer. */
  readonly values: Float64Array
  readonly indices: Int32Array
  begin(): void
  /** Only for a value that is not as large as the largest. */
  push(value: number, index: number): void
}

/** Which of equal values are kept is that of scikit-learn 1.9.1 (utils/_heap.pyx, `heap_push`). */
export function createNearestHeap(size: number): NearestHeap {
  const values = new Float64Array(size)
  const indices = new Int32Array(size)
  return {
    values,
    indices,
    begin() {
      values.fill(Infinity)
      indices.fill(0)
    },
    push(value, index) {
      let at = 0
      for (;;) {
        const left = 2 * at + 1
        const right = left + 1
        if (left >= size) break
        const larger = right >= size || values[left] >= values[right] ? left : right
        if (!(value < values[larger])) break
        values[at] = values[larger]
        indices[at] = indices[larger]
        at = larger
      }
      values[at] = value
      indices[at] = index
    },
  }
}

/**
 * 1 / distance in place of each distance; where there are distances of 0, 1 for those and 0 for all others
 * (sklearn/neighbors/_base.py of 1.9.1, `_get_weights`).
 */
export function weighByDistance(distances: Float64Array): void {
  let isSame = false
  for (let n = 0; n < distances.length; n++) if (distances[n] === 0) isSame = true
  for (let n = 0; n < distances.length; n++) distances[n] = isSame ? (distances[n] === 0 ? 1 : 0) : 1 / distances[n]
}
