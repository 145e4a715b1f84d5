import { availableParallelism } from 'node:os'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Tests leave the cache of whoever runs them alone. */
const cache = process.env['TFJS_SERVING_CACHE'] ?? fileURLToPath(new URL('.cache/test', import.meta.url))

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/**/*.integration.test.ts', 'node_modules/**'],
    setupFiles: ['test/helpers/no-host-processes.ts'],
    env: { TFJS_SERVING_CACHE: cache },
    // Vitest leaves one core to itself, which on two cores is half the machine
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 20_000,
  },
})
