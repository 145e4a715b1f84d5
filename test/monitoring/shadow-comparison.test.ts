import * as diagnostics from 'node:diagnostics_channel'
import { describe, expect, it } from 'vitest'
import { createShadowComparison } from '../../src/monitoring/shadow-comparison.ts'
import { channelNames } from '../../src/observe/channels.ts'
import { temporaryModelsDir } from '../helpers/artifacts.ts'
import { settleMicrotasks } from '../helpers/hand-driven-model.ts'
import { createRegistry } from '../helpers/registries.ts'
import { tinyFiles } from '../helpers/tiny-models.ts'

describe('createShadowComparison', () => {
  it('counts agreement, differences and errors of each version', () => {
    const shadow = createShadowComparison()
    for (let i = 1; i <= 100; i++)
      shadow.observe({ model: 'm', version: '2.0.0', difference: i / 100, isSameLabel: i <= 90 })
    shadow.observe({ model: 'm', version: '2.0.0', code: 'EXECUTION_FAILED' })
    shadow.observe({ model: 'm', version: '3.0.0', difference: Infinity, isSameLabel: false })
    const [second, third] = shadow.report()
    expect(second).toMatchObject({ model: 'm', version: '2.0.0', compared: 100, incomparable: 0 })
    expect(second.errorsByCode).toEqual({ EXECUTION_FAILED: 1 })
    expect(second.labelAgreement.value).toBe(0.9)
    expect(second.labelAgreement.interval[0]).toBeCloseTo(0.8256, 3)
    expect(second.labelAgreement.interval[1]).toBeCloseTo(0.9448, 3)
    expect(Math.abs(second.difference.p50 - 0.5)).toBeLessThan(0.016 * 0.5)
    expect(second.difference.p95).toBeGreaterThan(0.93)
    expect(second.difference.max).toBe(1)
    expect(third).toMatchObject({ compared: 1, incomparable: 1, difference: { max: 0 } })
  })

  it('tells small differences apart', () => {
    const shadow = createShadowComparison()
    for (let i = 0; i < 10; i++) shadow.observe({ model: 'm', version: '2.0.0', difference: 3e-6, isSameLabel: true })
    expect(Math.abs((shadow.report()[0]?.difference.p50 ?? 0) - 3e-6)).toBeLessThan(0.016 * 3e-6)
  })

  it('remembers 64 versions, of a million messages too', () => {
    const shadow = createShadowComparison()
    for (let i = 0; i < 1_000_000; i++)
      shadow.observe({ model: 'm', version: `${i % 100 < 50 ? 0 : i >> 12}.0.0`, difference: 0.1, isSameLabel: true })
    const report = shadow.report()
    expect(report).toHaveLength(64)
    expect(report.find(({ version }) => version === '0.0.0')?.compared).toBeGreaterThan(499_999)
  })

  it('takes no harm from what others say on the channel', () => {
    const shadow = createShadowComparison()
    const heard: ((message: unknown) => void)[] = []
    shadow.listen({ subscribe: (_name, listener) => void heard.push(listener), unsubscribe: () => undefined })
    for (const message of [null, undefined, 7, 'shadow', {}, { model: 'm' }]) heard.forEach((listen) => listen(message))
    expect(shadow.report()).toEqual([])
    for (let i = 0; i < 1000; i++) heard[0]({ model: 'm', version: '1.0.0', code: `CODE_${i}` })
    const [{ errorsByCode }] = shadow.report()
    expect(Object.keys(errorsByCode)).toHaveLength(65)
    expect(errorsByCode['OTHER']).toBe(936)
  })

  it('hears what the engine of a registry says of its shadow, until it is told to stop', async () => {
    const dir = temporaryModelsDir()
    dir.addVersion('tiny', '1.0.0', tinyFiles('1.0.0'))
    dir.addVersion('tiny', '2.0.0', tinyFiles('2.0.0', { offset: 0.25 }))
    dir.addFile('tiny', 'service.json', { active: '1.0.0', shadow: '2.0.0' })
    const shadow = createShadowComparison()
    const stop = shadow.listen(diagnostics)
    const tiny = await createRegistry(dir, { caching: false }).getModelPredictor('tiny')
    for (let i = 0; i < 8; i++) await tiny.predict([i, 1])
    for (let turn = 0; turn < 20 && (shadow.report()[0]?.compared ?? 0) < 8; turn++) {
      await settleMicrotasks()
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(shadow.report()).toMatchObject([
      { model: 'tiny', version: '2.0.0', compared: 8, labelAgreement: { value: 1 }, difference: { max: 0.25 } },
    ])
    stop()
    diagnostics
      .channel(channelNames.shadow)
      .publish({ model: 'tiny', version: '2.0.0', difference: 9, isSameLabel: true })
    expect(shadow.report()[0].compared).toBe(8)
  })
})
