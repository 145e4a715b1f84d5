import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/**/*.integration.test.ts', 'node_modules/**'],
    setupFiles: ['test/helpers/no-host-processes.ts'],
    testTimeout: 20_000,
  },
})
