import { expect, test } from 'vitest'
import { type Environment, hostEnvironment } from '../../../src/backend/host/host-environment.ts'
import type { BackendOptions } from '../../../src/backend/backend-options.ts'
import type { ForkedName } from '../../../src/backend/host/host-protocol.ts'

type Case = readonly [title: string, name: ForkedName, options: BackendOptions, env: Environment, expected: Environment]

const oneThread = { TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '-1', TF_ENABLE_ONEDNN_OPTS: '0' }
const quiet = { TF_CPP_MIN_LOG_LEVEL: '2' }
const noCard = { CUDA_VISIBLE_DEVICES: '-1' }
const growth = {
  TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
  NVIDIA_TF32_OVERRIDE: '0',
  TF_CPP_MIN_LOG_LEVEL: '2',
}

const cases: readonly Case[] = [
  ['gives native one thread, no card and little to say', 'native', {}, {}, { ...oneThread, ...quiet, ...noCard }],
  [
    'gives native the threads of the options',
    'native',
    { native: { intraOpThreads: 4, interOpThreads: 2 } },
    { TF_NUM_INTRAOP_THREADS: '16' },
    { ...oneThread, TF_NUM_INTRAOP_THREADS: '4', TF_NUM_INTEROP_THREADS: '2', ...quiet, ...noCard },
  ],
  [
    'runs one operation at a time on the thread that asks, and leaves oneDNN to who sets it',
    'native',
    { native: { interOpThreads: 1 } },
    { TF_NUM_INTEROP_THREADS: '8', TF_ENABLE_ONEDNN_OPTS: '1' },
    { ...oneThread, TF_ENABLE_ONEDNN_OPTS: '1', ...quiet, ...noCard },
  ],
  [
    'leaves native what the user set and no option says otherwise',
    'native',
    { native: { interOpThreads: 3 } },
    { TF_NUM_INTRAOP_THREADS: '16', TF_NUM_INTEROP_THREADS: '8', TF_CPP_MIN_LOG_LEVEL: '0', HOME: '/home/u' },
    {
      TF_NUM_INTRAOP_THREADS: '16',
      TF_NUM_INTEROP_THREADS: '3',
      TF_ENABLE_ONEDNN_OPTS: '0',
      TF_CPP_MIN_LOG_LEVEL: '0',
      HOME: '/home/u',
      ...noCard,
    },
  ],
  [
    'hides cards from native even where the user shows them',
    'native',
    {},
    { CUDA_VISIBLE_DEVICES: '0,1' },
    { ...oneThread, ...quiet, ...noCard },
  ],
  ['gives cuda the first card and memory that grows', 'cuda', {}, {}, { CUDA_VISIBLE_DEVICES: '0', ...growth }],
  [
    'gives cuda the card of the options',
    'cuda',
    { cuda: { device: 3 } },
    { CUDA_VISIBLE_DEVICES: '0,1', CUDA_DEVICE_ORDER: 'FASTEST_FIRST' },
    { CUDA_VISIBLE_DEVICES: '3', ...growth },
  ],
  [
    'takes a card by its UUID',
    'cuda',
    { cuda: { device: 'GPU-8a5' } },
    {},
    { CUDA_VISIBLE_DEVICES: 'GPU-8a5', ...growth },
  ],
  [
    'takes the first of the cards that the user left visible',
    'cuda',
    {},
    { CUDA_VISIBLE_DEVICES: '2, 3' },
    { CUDA_VISIBLE_DEVICES: '2', ...growth },
  ],
  [
    'leaves cards hidden that the user hid',
    'cuda',
    {},
    { CUDA_VISIBLE_DEVICES: '' },
    { CUDA_VISIBLE_DEVICES: '', ...growth },
  ],
  [
    'leaves cuda the order and growth that the user set',
    'cuda',
    {},
    { CUDA_DEVICE_ORDER: 'FASTEST_FIRST', TF_FORCE_GPU_ALLOW_GROWTH: 'false' },
    {
      CUDA_VISIBLE_DEVICES: '0',
      CUDA_DEVICE_ORDER: 'FASTEST_FIRST',
      TF_FORCE_GPU_ALLOW_GROWTH: 'false',
      NVIDIA_TF32_OVERRIDE: '0',
      ...quiet,
    },
  ],
  [
    'holds cuda to its memory budget',
    'cuda',
    { cuda: { memoryBudgetBytes: 2 ** 31 } },
    {},
    { CUDA_VISIBLE_DEVICES: '0', TF_PER_DEVICE_MEMORY_LIMIT_MB: '2048', ...growth },
  ],
  ['gives webgpu what this process has', 'webgpu', {}, { VK_ICD_FILENAMES: 'a.json' }, { VK_ICD_FILENAMES: 'a.json' }],
  [
    'keeps debuggers of this process out',
    'webgpu',
    {},
    { NODE_OPTIONS: '--inspect-brk=9229 --max-old-space-size=512 --debug-port=1' },
    { NODE_OPTIONS: '--max-old-space-size=512' },
  ],
]

test.each(cases)('%s', (_, name, options, env, expected) => {
  expect(hostEnvironment(name, options, env)).toEqual(expected)
})
