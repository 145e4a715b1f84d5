import { expect, it, onTestFinished } from 'vitest'
import { withoutCrashHandlers } from '../../../src/backend/tfjs/process-listeners.ts'
import { wasmEngine } from '../../../src/backend/tfjs/wasm.ts'
import { openTfjs } from '../../../src/backend/tfjs/tfjs-library.ts'

const events = ['uncaughtException', 'unhandledRejection'] as const

it('leaves the process as it was after the wasm backend has started', async () => {
  const before = events.map((event) => process.listeners(event as 'exit'))
  await openTfjs(wasmEngine)
  expect(events.map((event) => process.listeners(event as 'exit'))).toEqual(before)
})

it('takes rethrowing handlers off, and leaves those of the application', async () => {
  const own = (): void => undefined
  const rethrow = (reason: unknown): void => {
    throw reason
  }
  onTestFinished(() => void process.removeListener('unhandledRejection', own))
  await withoutCrashHandlers(async () => {
    process.on('unhandledRejection', rethrow)
    process.on('unhandledRejection', own)
  })
  expect(process.listeners('unhandledRejection')).toContain(own)
  expect(process.listeners('unhandledRejection')).not.toContain(rethrow)
})
