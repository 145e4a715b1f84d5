// What one backend of TensorFlow.js differs in from the others: how it starts, how it is read, what it can hold.

import type * as tfjsCore from '@tensorflow/tfjs-core'
import type { BackendFacts, BackendName } from '../port.ts'
import type { FoundForm, GraphForm } from './session-form.ts'

export type Tfjs = typeof tfjsCore

export type TfjsEngine = {
  readonly name: BackendName
  /** Library and version. */
  readonly description: string
  /** Its name in TensorFlow.js' registry. */
  readonly registeredName: string
  /**
   * `sync`: results are read in the step that computes them, and nothing else runs in between. `async`: they are awaited,
   * and other runs may begin meanwhile.
   */
  readonly reading: 'sync' | 'async'
  /**
   * Makes sure that `registeredName` is in the registry of `tf`, most often by importing a package. What it imports it
   * imports here, so that a package which is not there harms no one else.
   * @throws an MLError that says what is missing, or what the import threw
   */
  register(tf: Tfjs): Promise<void>
  /** Asked once, after the backend has started. @throws an MLError where it is not what it should be */
  describe(tf: Tfjs): StartedEngine | Promise<StartedEngine>
}

export type StartedEngine = {
  readonly facts: BackendFacts
  /** What all its models may hold: weights, constants and one run each. */
  readonly memoryBudgetBytes: number
  /** The largest tensor that the device can bind; absent where only memory limits it. */
  readonly maxTensorBytes?: number
  /**
   * Called right before each synchronous piece of work on the device; what it gives is called right after it, and its
   * promise rejects where the device reported an error for that work. For devices that report errors later (WebGPU's error
   * scopes); absent where operations throw.
   */
  readonly watch?: () => () => Promise<void>
  /**
   * Numbers of rows to run, ascending, at most `most`: a batch is filled up with zeros to one of them. For devices that
   * compile programs and keep buffers for each number of rows; absent where one number is as good as another.
   */
  readonly runSizes?: (most: number) => readonly number[]
  /**
   * Called once for each model before its first run, to compile what runs of these sizes will need; `execute` is synchronous
   * and leaves nothing behind.
   */
  readonly prepare?: (execute: (rowCount: number) => void, sizes: readonly number[]) => Promise<void>
  /** Hears what a load or a run threw, for devices that tell of their end in this way only. */
  readonly onFailure?: (cause: unknown) => void
  /** `single`: fused operations are taken apart first, since the backend would do so at every run. @default 'fused' */
  readonly operations?: 'fused' | 'single'
  /** Looks for a way to compute a whole graph at once; absent where there is none. For backends that are read at once. */
  readonly findForm?: ((form: GraphForm) => Promise<FoundForm>) | undefined
  /** Tensors alive, where tf.memory() does not know; otherwise that is asked. */
  readonly tensorCount?: () => number
}
