// Recorded texts of libraries that had no memory, and of such as had another trouble.
import { expect, test } from 'vitest'
import { isCardLost } from '../../../src/backend/tfjs/lost-card.ts'
import { isOutOfMemory } from '../../../src/backend/tfjs/out-of-memory.ts'

const gpu = '/job:localhost/replica:0/task:0/device:GPU:0'
const cpu = '/job:localhost/replica:0/task:0/device:CPU:0'

/** Where each was seen. */
const exhausted: readonly (readonly [string, string])[] = [
  [
    'tfjs-node 4.22.0 on TensorFlow 2.21.0',
    `Invalid TF_Status: 8\nMessage: OOM when allocating tensor with shape[1048576,1048576] and type float on ${cpu} by allocator mklcpu`,
  ],
  [
    'tfjs issue 2760',
    `Invalid TF_Status: 8\nMessage: OOM when allocating tensor with shape[1,3688,3688,3] and type float on ${gpu} by allocator GPU_0_bfc`,
  ],
  ['keras-ocr issue 195, TensorFlow 2.8', 'failed to allocate memory [Op:AddV2]'],
  [
    'tensorflow issue 55502',
    `Failed copying input tensor from ${cpu} to ${gpu} in order to run _EagerConst: Dst tensor is not initialized.`,
  ],
  [
    'cuda_driver.cc of TensorFlow 1.14',
    'failed to allocate 32.00M (33554432 bytes) from device: CUDA_ERROR_OUT_OF_MEMORY: out of memory',
  ],
  ['Node 20', 'Array buffer allocation failed'],
  ['Node 20', 'Invalid typed array length: 9007199254740991'],
  ['emscripten', 'Cannot enlarge memory, requested 4294967296 bytes, but the limit is 2147483648 bytes!'],
]

const lost: readonly (readonly [string, string])[] = [
  [
    'tensorflow issue 35897',
    'Internal: Failed to complete all kernels launched on stream 0x1f50d730: could not synchronize on CUDA stream: CUDA_ERROR_ILLEGAL_ADDRESS: an illegal memory access was encountered',
  ],
  [
    'tensorflow issue 25866',
    'could not synchronize on CUDA context: CUDA_ERROR_LAUNCH_FAILED: unspecified launch failure ::',
  ],
  ['tensorflow issue 665', 'failed to query event: CUDA_ERROR_ILLEGAL_INSTRUCTION'],
]

const neither: readonly (readonly [string, string])[] = [
  ['tfjs-node 4.22.0', 'Invalid TF_Status: 3\nMessage: Matrix size-incompatible: In[0]: [2,3], In[1]: [2,3]'],
  ['tfjs-core', "Argument 'indices' passed to 'gatherND' must be int32 tensor, but got float32 tensor"],
  ['KPConv issue 126', 'Blas GEMM launch failed : a.shape=(2054, 256), b.shape=(2054, 128), m=256, n=128, k=2054'],
  ['CUDA', 'CUDA_ERROR_INVALID_VALUE: invalid argument'],
]

test.each(exhausted)('knows that there was no memory, and that the card is well: %s', (_, text) => {
  expect([isOutOfMemory(new Error(text)), isCardLost(new Error(text))]).toEqual([true, false])
})

test.each(lost)('knows a card that its process has lost: %s', (_, text) => {
  expect([isOutOfMemory(new Error(text)), isCardLost(new Error(text))]).toEqual([false, true])
})

test.each(neither)('sees neither in another error: %s', (_, text) => {
  expect([isOutOfMemory(new Error(text)), isCardLost(new Error(text))]).toEqual([false, false])
})

test('knows what this Node says where an array finds no room', () => {
  let cause: unknown
  try {
    new Float32Array(2 ** 52)
  } catch (error) {
    cause = error
  }
  expect(isOutOfMemory(cause)).toBe(true)
})
