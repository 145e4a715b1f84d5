import { defineConfig } from 'vitest/config'
import { SkipReporter } from './test/helpers/skip-reporter.ts'

export default defineConfig({
  test: {
    include: ['test/**/*.integration.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default', new SkipReporter()],
  },
})
