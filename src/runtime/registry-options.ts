// The options of a registry in; checked once, with every default filled in, out.

import { defaultWatchIntervalMs } from './folder-watch.ts'
import { assertKnownOptions, type OptionNames, wrongOption } from './known-options.ts'
import {
  checkedFlag,
  positive,
  type RegistryOptions,
  type ResolvedServingOptions,
  resolveServingOptions,
  servingNames,
} from './options.ts'

export type ResolvedRegistryOptions = {
  readonly modelsDir: string
  readonly serving: ResolvedServingOptions
  readonly allowBelowFloor: boolean
  readonly retryAfterMs: number
  readonly memoryBudgetBytes: number
  /** Undefined where nobody watches the folder. */
  readonly watchIntervalMs: number | undefined
}

const names = {
  modelsDir: true,
  ...servingNames,
  allowBelowFloor: true,
  retryAfterMs: true,
  memoryBudgetBytes: true,
  watch: true,
} as const satisfies OptionNames<RegistryOptions>

/** @throws VALIDATION_FAILED naming the option, and the nearest one where its name is unknown */
export function resolveRegistryOptions(options: RegistryOptions): ResolvedRegistryOptions {
  if (typeof options?.modelsDir !== 'string') throw wrongOption('modelsDir', 'the path of a folder', options?.modelsDir)
  assertKnownOptions('', options, names)
  const { modelsDir, allowBelowFloor = false, retryAfterMs = 1_000, memoryBudgetBytes = Infinity, watch } = options
  return {
    modelsDir,
    serving: resolveServingOptions(options),
    allowBelowFloor: checkedFlag('allowBelowFloor', allowBelowFloor),
    retryAfterMs: positive('retryAfterMs', retryAfterMs),
    memoryBudgetBytes: positive('memoryBudgetBytes', memoryBudgetBytes),
    watchIntervalMs: checkedWatch(watch),
  }
}

function checkedWatch(watch: RegistryOptions['watch'] = false): number | undefined {
  if (typeof watch === 'boolean') return watch ? defaultWatchIntervalMs : undefined
  if (typeof watch !== 'object' || watch === null) throw wrongOption('watch', 'true, false or { intervalMs }', watch)
  assertKnownOptions('watch', watch, { intervalMs: true })
  const { intervalMs = defaultWatchIntervalMs } = watch
  return positive('watch.intervalMs', intervalMs)
}
