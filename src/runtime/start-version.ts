// A model's entry and one of its versions in; that version, read from its folder and running, out.

import type { Candidate } from '../backend/choice/candidates.ts'
import type { Publish } from '../observe/channels.ts'
import type { ModelStats } from '../observe/stats.ts'
import type { Engine } from './engine.ts'
import type { MemoryBudget } from './memory-budget.ts'
import type { ResolvedServingOptions } from './options.ts'
import type { Platform } from './platform.ts'
import type { ServiceEntry } from './service-entry.ts'
import type { SharedCache } from './shared-cache.ts'
import { startEngine } from './start-engine.ts'

export type ServedModelContext = {
  readonly serving: ResolvedServingOptions
  readonly platform: Platform
  readonly publish: Publish
  readonly cache: SharedCache | undefined
  readonly budget: MemoryBudget
  readonly allowBelowFloor: boolean
  readonly retryAfterMs: number
  /** What the model's folder holds now; undefined where it is gone. */
  readonly readEntry: () => Promise<ServiceEntry | undefined>
  readonly readArtifact: (path: string) => Promise<Record<string, Uint8Array>>
  /** @default those of the process */
  readonly candidates?: readonly Candidate[]
}

/** @throws load errors */
export async function startVersion(
  { name, path, config }: ServiceEntry,
  version: string,
  context: ServedModelContext & { readonly stats: ModelStats },
): Promise<Engine> {
  const { serving, platform, stats, publish, allowBelowFloor, candidates } = context
  const files = await context.readArtifact(`${path}/versions/${version}`)
  return startEngine(files, {
    where: `${name}/versions/${version}`,
    serving,
    platform,
    stats,
    publish,
    expected: { name, version },
    config,
    allowBelowFloor,
    ...(candidates === undefined ? {} : { candidates }),
  })
}
