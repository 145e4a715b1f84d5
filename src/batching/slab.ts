// A length in, a typed array of at least that length out; given back, it serves the next batch of the model.

export type SlabPool<Values> = {
  /** At least `length` long, its content anything. Nobody else has it until it is given back. */
  take(length: number): Values
  /** Only what was taken and is no longer read: an asynchronous backend gives back when its run has ended. */
  give(slab: Values): void
}

/** One batch runs at a time and the next may be encoded meanwhile: more free slabs would never be taken. */
const keptSlabs = 2

/** A pool of `create`d arrays that grows geometrically, so that a model soon stops allocating. */
export function createSlabPool<Values extends Float64Array | Float32Array>(
  create: (length: number) => Values,
): SlabPool<Values> {
  const free: Values[] = []
  let longest = 0
  return {
    take(length) {
      for (let i = free.length - 1; i >= 0; i--) if (free[i].length >= length) return free.splice(i, 1)[0]
      // What is too short now is in the way of the longer one.
      free.length = 0
      if (length > longest) longest = Math.max(length, 2 * longest)
      return create(longest)
    },
    give(slab) {
      if (free.length < keptSlabs && slab.length >= longest && !free.includes(slab)) free.push(slab)
    },
  }
}
