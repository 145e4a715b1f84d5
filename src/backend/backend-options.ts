// What users may say about backends that run in a process of their own: threads, device, memory, adapter.

export type BackendOptions = {
  readonly native?: NativeOptions
  readonly cuda?: CudaOptions
  readonly webgpu?: WebgpuOptions
}

export type NativeOptions = {
  /** Threads of one operation; small models are up to three times faster with one. @default 1 */
  readonly intraOpThreads?: number
  /** Operations at once. @default 1 */
  readonly interOpThreads?: number
}

export type CudaOptions = {
  /** Index or UUID of the card, as nvidia-smi prints it; others are hidden from the process. @default 0 */
  readonly device?: number | string
  /** Bytes that all models may hold on the card. @default nine tenths of the card's memory */
  readonly memoryBudgetBytes?: number
}

export type WebgpuOptions = {
  /** `software` takes an adapter without a GPU, for tests; `hardware` refuses such a one. @default 'hardware' */
  readonly adapter?: 'hardware' | 'software'
  /** Part of the adapter's name, where there are several. */
  readonly adapterName?: string
  /** Bytes that all models may hold on the device. @default 2 GiB */
  readonly memoryBudgetBytes?: number
}
