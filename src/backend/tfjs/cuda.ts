// The portable graph on TensorFlow's kernels for NVIDIA cards, through the native add-on; for a process that hosts it alone.

import { createError } from '../../errors.ts'
import type { CudaOptions } from '../backend-options.ts'
import type { NvidiaCard, NvidiaFinding } from '../host/nvidia-cards.ts'
import type { Backend, BackendFacts } from '../port.ts'
import { isCardLost } from './lost-card.ts'
import { addonTraits, libraryText } from './native.ts'
import type { TensorflowAddon } from './tensorflow-addon.ts'
import { createTfjsBackend } from './tfjs-backend.ts'
import type { Tfjs } from './tfjs-engine.ts'

/** What lies outside: the add-on and the driver. */
export type CudaPorts = {
  readonly loadAddon: (tf: Tfjs) => Promise<TensorflowAddon>
  readonly findCards: () => Promise<NvidiaFinding>
}

/** Of a card's memory, what is left to the library's kernels, its work space and the fragmentation of its allocator. */
const modelsShare = 0.9

/** Where nothing tells how large the card is: the least that a card of the needed compute capability has. */
const leastBudgetBytes = 2 * 2 ** 30

/** `onLost` hears why this process can never use the card again; a new one can. */
export function createCudaBackend(
  options: CudaOptions = {},
  onLost: (reason: string) => void,
  { loadAddon, findCards }: CudaPorts = realPorts,
): Backend {
  let addon: TensorflowAddon
  return createTfjsBackend({
    name: 'cuda',
    description: '@tensorflow/tfjs-node-gpu 4.22.0',
    registeredName: 'tensorflow',
    reading: 'sync',
    async register(tf) {
      addon = await loadAddon(tf)
    },
    async describe(tf) {
      const finding = await findCards()
      const wanted = String(options.device ?? addon.visibleDevice ?? 0)
      if (!addon.isUsingGpuDevice) throw noDevice(finding, wanted)
      const card = finding.kind === 'cards' ? cardOf(finding.cards, wanted) : undefined
      const onFailure = (cause: unknown): void => {
        if (isCardLost(cause)) onLost(`the card is lost to its process: ${(cause as Error).message}`)
      }
      return {
        ...addonTraits(tf, addon, onFailure),
        facts: { library: libraryText(addon), device: deviceOf(card) },
        memoryBudgetBytes: options.memoryBudgetBytes ?? budgetOf(card),
        onFailure,
      }
    },
  })
}

const realPorts: CudaPorts = {
  loadAddon: async (tf) => (await import('./tensorflow-addon.ts')).loadTensorflowAddon(tf, ['gpu']),
  findCards: async () => (await import('../host/nvidia-smi.ts')).findNvidiaCards(),
}

/** By index, or by the beginning of its UUID, as CUDA_VISIBLE_DEVICES takes them. */
function cardOf(cards: readonly NvidiaCard[], wanted: string): NvidiaCard | undefined {
  return cards.find(
    ({ index, uuid }) => String(index) === wanted || (/^(GPU|MIG)-/.test(wanted) && uuid.startsWith(wanted)),
  )
}

function deviceOf(card: NvidiaCard | undefined): BackendFacts['device'] {
  if (card === undefined) return { kind: 'gpu', name: 'a CUDA device that nvidia-smi does not list' }
  const memoryByteLength = memoryOf(card)
  return {
    kind: 'gpu',
    name: card.isDivided ? `a part of ${card.name}` : card.name,
    driver: card.driverVersion,
    ...(memoryByteLength !== undefined && { memoryByteLength }),
  }
}

function budgetOf(card: NvidiaCard | undefined): number {
  const memoryByteLength = card && memoryOf(card)
  return memoryByteLength === undefined ? leastBudgetBytes : Math.floor(modelsShare * memoryByteLength)
}

/** Of a divided card nvidia-smi tells the whole's memory, and a program gets a part. */
function memoryOf({ memoryByteLength, isDivided, uuid }: NvidiaCard): number | undefined {
  return isDivided && uuid.startsWith('GPU-') ? undefined : memoryByteLength
}

function noDevice(finding: NvidiaFinding, wanted: string): Error {
  const { reason, remedy } = whyNone(finding, wanted)
  return createError('BACKEND_UNAVAILABLE', `no CUDA device: ${reason}; ${remedy}`, { details: { reason, remedy } })
}

function whyNone(finding: NvidiaFinding, wanted: string): { readonly reason: string; readonly remedy: string } {
  if (wanted === '' || wanted === '-1')
    return {
      reason: 'CUDA_VISIBLE_DEVICES hides every card',
      remedy: 'unset it, or set backendOptions.cuda.device',
    }
  if (finding.kind === 'none') return { reason: finding.text, remedy: finding.remedy }
  const { cards } = finding
  const card = cardOf(cards, wanted)
  if (card === undefined) {
    const list = cards.map(({ index, name, uuid }) => `${index} (${name}, ${uuid})`).join(', ')
    return {
      reason: `device ${wanted} is not there, nvidia-smi lists ${list}`,
      remedy: 'set backendOptions.cuda.device or CUDA_VISIBLE_DEVICES to one of them',
    }
  }
  return {
    reason: `nvidia-smi lists ${card.name} with driver ${card.driverVersion}, but TensorFlow does not take it`,
    remedy: 'run `npx tfjs-serving native install --gpu`, which checks driver and card',
  }
}
