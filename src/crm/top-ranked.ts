// Numbered candidates one after the other in; the best few of them in order out, in n·log(few) steps.

/** True where the first of two candidates goes before the second; a total order, so that no two are equal. */
export type GoesBefore = (a: number, b: number) => boolean

export type TopRanked = {
  add(candidate: number): void
  /** Best first. */
  ranked(): number[]
}

/** Keeps the best `most`: a heap with the worst of them on top, which most candidates lose to at once. */
export function createTopRanked(most: number, goesBefore: GoesBefore): TopRanked {
  const heap: number[] = []

  function sinkRoot(): void {
    let parent = 0
    for (;;) {
      let worst = parent
      for (let child = 2 * parent + 1; child <= 2 * parent + 2 && child < heap.length; child++)
        if (goesBefore(heap[worst], heap[child])) worst = child
      if (worst === parent) return
      swap(parent, worst)
      parent = worst
    }
  }

  function raiseLast(): void {
    let child = heap.length - 1
    while (child > 0) {
      const parent = (child - 1) >> 1
      if (!goesBefore(heap[parent], heap[child])) return
      swap(parent, child)
      child = parent
    }
  }

  function swap(a: number, b: number): void {
    const kept = heap[a]
    heap[a] = heap[b]
    heap[b] = kept
  }

  return {
    add(candidate) {
      if (heap.length < most) {
        heap.push(candidate)
        raiseLast()
      } else if (most > 0 && goesBefore(candidate, heap[0])) {
        heap[0] = candidate
        sinkRoot()
      }
    },
    ranked: () => heap.toSorted((a, b) => (goesBefore(a, b) ? -1 : 1)),
  }
}
