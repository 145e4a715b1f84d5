import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { SkipReporter } from './test/helpers/skip-reporter.ts'

/** Tests leave the cache of whoever runs them alone. */
const cache = process.env['TFJS_SERVING_CACHE'] ?? fileURLToPath(new URL('.cache/test', import.meta.url))

export default defineConfig({
  test: {
    include: ['test/**/*.integration.test.ts'],
    env: { TFJS_SERVING_CACHE: cache },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default', new SkipReporter()],
  },
})
