// What an artifact may be at most; each limit stops a small file from asking for much memory or time.

export const artifactLimits = {
  /** model.json: ours have some tens of kilobytes, a graph with thousands of nodes two megabytes. */
  modelJsonBytes: 64 * 2 ** 20,
  /** All shards: a forest of 50 million nodes; larger ones do not fit the wasm heap once decoded. */
  weightBytes: 2 ** 30,
  /** Tensors in the manifest: a chain of a thousand dense layers has three thousand. */
  tensors: 20_000,
  /** Dimensions of one tensor: ours have at most two. */
  rank: 6,
  /** Elements of one tensor, so that shapes cannot overflow. */
  elements: 2 ** 30,
  shards: 1024,
} as const
