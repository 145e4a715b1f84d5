// An install without its marker in; what TensorFlow says about itself, once a fresh process has multiplied right, out.

import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { NativeFlavour } from '../../backend/host/native-home.ts'
import { endText, installFailure, lastLines } from './install-failure.ts'
import type { Machine, RunResult } from './machine.ts'

const proofShape = z.object({
  tensorflow: z.string(),
  isUsingGpuDevice: z.boolean(),
  product: z.array(z.number()),
})

/** What the fresh process prints, as JSON. */
export type Proof = z.infer<typeof proofShape>

/** Row by row, [[1, 2], [3, 4]] times [[5, 6], [7, 8]]. */
const expectedProduct = [19, 22, 43, 50]

/** What a native library that ends its process most often means by it. */
const signalMeanings: Readonly<Record<string, string>> = {
  SIGILL: 'this processor lacks instructions that TensorFlow was built with',
  SIGKILL: 'the system ran out of memory, or somebody ended it',
  SIGBUS: 'a library on disk is damaged: install again with --force',
}

/** @throws BACKEND_UNAVAILABLE where the process crashes, fails or answers wrong; `signal.reason` */
export async function proveAddon(
  home: string,
  flavour: NativeFlavour,
  machine: Machine,
  signal?: AbortSignal,
): Promise<Proof> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const main = fileURLToPath(new URL(`../main.${extension}`, import.meta.url))
  const result = await machine.run([machine.nodePath, main, 'native', 'prove', home, flavour], {
    ...(signal === undefined ? {} : { signal }),
    // errors, without the notes on instructions and devices that fill a screen
    env: { TF_CPP_MIN_LOG_LEVEL: '2' },
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
