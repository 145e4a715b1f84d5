// An install without its marker in; what TensorFlow says about itself, once a fresh process has multiplied right, out.

import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { nativeHome, type NativeFlavour } from '../../backend/host/native-home.ts'
import { endText, installFailure, lastLines } from './install-failure.ts'
import type { InstallFolders } from './install-folders.ts'
import { writeMarker } from './install-marker.ts'
import type { Machine, RunResult } from './machine.ts'

const proofShape = z.object({
  tensorflow: z.string(),
  isUsingGpuDevice: z.boolean(),
  product: z.array(z.number()),
})

/** What the fresh process prints, as JSON. */
export type Proof = z.infer<typeof proofShape>

/** Two matrices of 2 × 2, row by row. */
export const proofFactors = [
  [1, 2, 3, 4],
  [5, 6, 7, 8],
] as const

const expectedProduct = [19, 22, 43, 50]

/** What a native library that ends its process most often means by it. */
const signalMeanings: Readonly<Record<string, string>> = {
  SIGILL: 'this processor lacks instructions that TensorFlow was built with',
  SIGKILL: 'the system ran out of memory, or somebody ended it',
  SIGBUS: 'a library on disk is damaged: install again with --force',
}

/**
 * The process finds the add-on as the runtime does, by a marker in a cache; but in a cache for this one proof, since the
 * real marker says that the proof was given.
 * @throws BACKEND_UNAVAILABLE where the process crashes, fails or answers wrong; `signal.reason`
 */
export async function proveAddon(
  flavour: NativeFlavour,
  folders: InstallFolders,
  machine: Machine,
  signal?: AbortSignal,
): Promise<Proof> {
  const cache = join(folders.build, 'proof')
  await writeMarker(flavour, nativeHome(flavour, { TFJS_SERVING_CACHE: cache }), folders)
  const result = await machine.run([machine.nodePath, findMain(), 'native', 'prove', flavour], {
    ...(signal === undefined ? {} : { signal }),
    // errors, without the notes on instructions and devices that fill a screen; and of a card only what two matrices take
    env: { TFJS_SERVING_CACHE: cache, TF_CPP_MIN_LOG_LEVEL: '2', TF_FORCE_GPU_ALLOW_GROWTH: 'true' },
  })
  const proof = readProof(result)
  if (proof === undefined)
    throw installFailure('prove', `the add-on does not run here: ${failureText(result)}`, { quoted: lastLines(result) })
  if (
    proof.product.length !== expectedProduct.length ||
    !proof.product.every((value, i) => value === expectedProduct[i])
  )
    throw installFailure(
      'prove',
      `the add-on multiplies wrong: expected ${expectedProduct.join(', ')}, got ${proof.product.join(', ')}`,
    )
  return proof
}

/** Beside this module once built; sources are run by tests, and Node 20 starts no TypeScript. */
function findMain(): string {
  const here = import.meta.url
  const path = here.endsWith('.ts') ? '../../../dist/src/cli/main.js' : '../main.js'
  return fileURLToPath(new URL(path, here))
}

function readProof(result: RunResult): Proof | undefined {
  if (result.kind !== 'exited' || result.exitCode !== 0) return undefined
  try {
    return proofShape.parse(JSON.parse(result.stdout))
  } catch {
    return undefined
  }
}

function failureText(result: RunResult): string {
  if (result.kind !== 'killed') return endText(result)
  const meaning = signalMeanings[result.signalName]
  return meaning === undefined ? endText(result) : `${endText(result)}, so ${meaning}`
}
