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
    testTimeout: 20_000,
  },
})
