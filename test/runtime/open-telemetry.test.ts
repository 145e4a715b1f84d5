import { expect, it } from 'vitest'
import { sha256Hex } from '../../src/artifact/sha256.ts'
import { withTracing } from '../../src/runtime/open-telemetry.ts'
import { resolveServingOptions } from '../../src/runtime/options.ts'
import type { Platform } from '../../src/runtime/platform.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'
import { createStandInTracing } from '../helpers/stand-in-tracing.ts'

const platform: Platform = { clock: createFakeClock(), defer: () => undefined, hash: sha256Hex }

it('leaves a realm as it is where the application has no OpenTelemetry: no request asks for it again', async () => {
  expect(await withTracing(platform, true)).toBe(platform)
})

it('traces to the provider that it is given', async () => {
  const { provider, ended } = createStandInTracing()
  const { tracing } = await withTracing(platform, provider)
  tracing?.startRequest('churn', 1, undefined)?.end()
  expect(ended).toHaveLength(1)
})

it('makes no spans where they were refused', async () => {
  expect(await withTracing(platform, false)).toBe(platform)
})

it('leaves the tracing of a realm that has one', async () => {
  const { provider } = createStandInTracing()
  const traced = await withTracing(platform, provider)
  expect(await withTracing(traced, true)).toBe(traced)
})

const wrong: readonly (readonly [option: string, options: object])[] = [
  ['tracing', { tracing: 'auto' }],
  ['tracing', { tracing: {} }],
  ['tracing', { tracing: null }],
  ['logRows', { logRows: 'yes' }],
]

it.each(wrong)('refuses %s that cannot be: %j', (option, options) => {
  expect(() => resolveServingOptions(options)).toThrow(
    expect.objectContaining({ code: 'VALIDATION_FAILED', message: expect.stringContaining(option) }),
  )
})
