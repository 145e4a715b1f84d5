// One life of a model in; many of them run, and what grew beyond the plateau, tensors or memory, out.

import * as tf from '@tensorflow/tfjs-core'

/** RSS moves by what V8 and the allocator keep for later; a leak of a model's weights a life passes this in hundreds of lives. */
const mostGrowthBytes = 100 * 2 ** 20

export type LivesOptions = {
  readonly lives: number
  /** Lives after which everything that is kept once is there: compiled code, pools, the heap of WebAssembly. */
  readonly plateauAfter: number
}

export type LivesReport = {
  /** What grew; empty where nothing did. */
  readonly faults: readonly string[]
  readonly tensorGrowth: number
  readonly growthMiB: number
  readonly msPerLife: number
}

export async function liveAndDie(
  life: (turn: number) => Promise<void>,
  { lives, plateauAfter }: LivesOptions,
): Promise<LivesReport> {
  let tensors = 0
  let rss = 0
  let mostTensors = 0
  let mostRss = 0
  const sampleEvery = Math.max(1, Math.floor((lives - plateauAfter) / 50))
  let startedAt = 0
  for (let turn = 0; turn < lives; turn++) {
    if (turn === plateauAfter) {
      tensors = mostTensors = tf.memory().numTensors
      rss = mostRss = process.memoryUsage().rss
      startedAt = performance.now()
    }
    await life(turn)
    if (turn < plateauAfter) continue
    mostTensors = Math.max(mostTensors, tf.memory().numTensors)
    if ((turn - plateauAfter) % sampleEvery === 0) mostRss = Math.max(mostRss, process.memoryUsage().rss)
  }
  mostRss = Math.max(mostRss, process.memoryUsage().rss)
  const tensorGrowth = mostTensors - tensors
  const growthBytes = mostRss - rss
  const faults: string[] = []
  if (tensorGrowth > 0) faults.push(`${tensorGrowth} tensors more`)
  if (growthBytes > mostGrowthBytes) faults.push(`${Math.round(growthBytes / 2 ** 20)} MiB more`)
  return {
    faults,
    tensorGrowth,
    growthMiB: Math.round(growthBytes / 2 ** 20),
    msPerLife: (performance.now() - startedAt) / (lives - plateauAfter),
  }
}
