// Unit tests meet the same backends on every machine: wasm and cpu, and no host process, whatever is installed here.

import { vi } from 'vitest'
import type { createInstalledBackend } from '../../src/backend/choice/installed-backend.ts'
import { createError } from '../../src/errors.ts'

vi.mock('../../src/backend/choice/installed-backend.ts', async (importOriginal) => {
  const original = await importOriginal<{ createInstalledBackend: typeof createInstalledBackend }>()
  const nothing = { hasPackage: () => false, hasNative: () => Promise.resolve(false) }
  const never = () => Promise.reject(createError('BACKEND_UNAVAILABLE', 'a unit test starts no host process'))
  return {
    ...original,
    createInstalledBackend: (name: 'cuda' | 'webgpu' | 'native') =>
      original.createInstalledBackend(
        name,
        {},
        {
          installs: nothing,
          backend: {
            name,
            description: name,
            open: never,
            load: never,
            tensorCount: () => Promise.resolve(0),
            health: () => ({ restartCount: 0 }),
            close: () => Promise.resolve(),
          },
        },
      ),
  }
})
