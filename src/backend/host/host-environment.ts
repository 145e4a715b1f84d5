// A backend's name and options and the environment of this process in; the environment of its host process out.

import type { BackendOptions } from '../backend-options.ts'
import type { ForkedName } from './host-protocol.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** `set` holds whatever the user's environment says; `unlessSet` gives way to it. */
type Wants = { readonly set: Environment; readonly unlessSet: Environment }

/**
 * One operation at a time, on the thread that asks: with 1 TensorFlow hands each run to another thread and waits for it, which
 * costs a small model as much as the run (direct_session.cc, `run_in_caller_thread_`).
 */
const onOwnThread = '-1'

/**
 * TensorFlow reads its settings once a process, before JavaScript could set them; small models are up to three times faster
 * with one thread. What the user's own environment says holds, unless an option says otherwise.
 */
const wants = {
  native({ native = {} }) {
    const { intraOpThreads, interOpThreads } = native
    return {
      set: {
        ...(intraOpThreads !== undefined && { TF_NUM_INTRAOP_THREADS: String(intraOpThreads) }),
        ...(interOpThreads !== undefined && {
          TF_NUM_INTEROP_THREADS: interOpThreads === 1 ? onOwnThread : String(interOpThreads),
        }),
        // the CPU was asked for: a library that can do both must not take a card
        CUDA_VISIBLE_DEVICES: '-1',
      },
      unlessSet: {
        TF_NUM_INTRAOP_THREADS: '1',
        TF_NUM_INTEROP_THREADS: onOwnThread,
        TF_CPP_MIN_LOG_LEVEL: '2',
        // oneDNN makes ready for each product, which small models feel (`without oneDNN` of `node bench/native.mjs`)
        TF_ENABLE_ONEDNN_OPTS: '0',
      },
    }
  },
  cuda({ cuda = {} }, env) {
    const { device, memoryBudgetBytes } = cuda
    return {
      set: {
        // exactly one card: with several, tensors and operations may land on different ones
        CUDA_VISIBLE_DEVICES: device === undefined ? firstDevice(env) : String(device),
        ...(device !== undefined && { CUDA_DEVICE_ORDER: 'PCI_BUS_ID' }),
        // our own count of what models hold is an estimate; TensorFlow's allocator keeps to this
        ...(memoryBudgetBytes !== undefined && {
          TF_PER_DEVICE_MEMORY_LIMIT_MB: String(Math.max(1, Math.floor(memoryBudgetBytes / 2 ** 20))),
        }),
      },
      // without growth TensorFlow takes nearly all of the card's memory at once
      unlessSet: {
        CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
        TF_FORCE_GPU_ALLOW_GROWTH: 'true',
        TF_CPP_MIN_LOG_LEVEL: '2',
        // since Ampere cards multiply float32 with 10 bits of mantissa else, which is wrong for ranks above 2048; TensorFlow's
        // own switch is not in its C API, this one is cuBLAS'
        NVIDIA_TF32_OVERRIDE: '0',
      },
    }
  },
  webgpu: () => ({ set: {}, unlessSet: {} }),
} as const satisfies Record<ForkedName, (options: BackendOptions, env: Environment) => Wants>

export function hostEnvironment(name: ForkedName, options: BackendOptions, env: Environment): Environment {
  const { set, unlessSet } = wants[name](options, env)
  return { ...unlessSet, ...withoutInspector(env), ...set }
}

/** Of the cards that the user leaves visible the first; an empty list hides them all, and stays so. */
function firstDevice({ CUDA_VISIBLE_DEVICES: visible }: Environment): string {
  return visible === undefined ? '0' : (visible.split(',')[0] ?? '').trim()
}

/** A debugger of this process listens on its port already, and `--inspect-brk` would have the host wait for another one. */
function withoutInspector(env: Environment): Environment {
  const { NODE_OPTIONS: options, ...rest } = env
  if (options === undefined) return env
  const kept = options.split(/\s+/).filter((option) => !/^--(inspect|debug)/.test(option))
  return { ...rest, NODE_OPTIONS: kept.join(' ') }
}
