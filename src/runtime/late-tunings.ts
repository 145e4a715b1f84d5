// Nothing in; a store of timings that touches no file, and imports nothing, before it is asked, out.

import type { TuningStore } from '../backend/choice/tuning.ts'

/** Only in Node. */
export function createLateTunings(): TuningStore {
  let created: Promise<TuningStore> | undefined
  const store = (): Promise<TuningStore> =>
    (created ??= import('../backend/host/tuning-folder.ts').then(({ createTuningFolder }) => createTuningFolder()))
  return {
    read: async (key) => (await store()).read(key),
    write: async (key, tuning) => (await store()).write(key, tuning),
  }
}
