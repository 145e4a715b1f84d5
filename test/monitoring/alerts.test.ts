import { describe, expect, it } from 'vitest'
import { driftRule, driftValues } from '../../src/monitoring/alert-values.ts'
import { type AlertEvent, type AlertOptions, createAlerts } from '../../src/monitoring/alerts.ts'
import { createDriftMonitor } from '../../src/monitoring/drift-monitor.ts'
import { createSeededRandom } from '../../src/rows/seeded-random.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'
import { settleMicrotasks } from '../helpers/hand-driven-model.ts'

const minute = 60_000

function scene(options: Partial<AlertOptions> = {}) {
  const clock = createFakeClock(0)
  const told: AlertEvent[] = []
  const alerts = createAlerts({
    rules: [{ name: 'slow', metric: 'p95', max: 200 }],
    clock,
    notify: (event) => told.push(event),
    ...options,
  })
  return { clock, told, alerts, kinds: () => told.map(({ kind, severity }) => `${kind} ${severity}`) }
}

describe('createAlerts', () => {
  it('tells nothing while values are within bounds, missing or NaN', () => {
    const { alerts, told } = scene()
    for (const p95 of [200, -5, undefined, NaN]) alerts.evaluate({ p95 })
    expect(told).toEqual([])
    expect(alerts.active).toEqual([])
  })

  it.each([
    [{ max: 200 }, 201, 'medium'],
    [{ max: 200 }, 220, 'medium'],
    [{ max: 200 }, 221, 'high'],
    [{ max: 200, highBeyond: 400 }, 399, 'medium'],
    [{ max: 0 }, 0.01, 'high'],
    [{ max: -10 }, -9.5, 'medium'],
    [{ min: 0.9 }, 0.85, 'medium'],
    [{ min: 0.9 }, 0.8, 'high'],
    [{ min: 0.9, highBeyond: 0.5 }, 0.6, 'medium'],
  ])('holds %j against %f: %s', (bound, value, severity) => {
    const { alerts, told } = scene({ rules: [{ name: 'r', metric: 'm', ...bound }] })
    alerts.evaluate({ m: value })
    expect(told).toMatchObject([{ kind: 'raised', severity, value, rule: 'r', violations: 1 }])
  })

  it('is silent for the cooldown, then says that it lasts, and says when it ends', () => {
    const { alerts, told, clock, kinds } = scene({ escalateAfter: 100 })
    for (let i = 0; i < 65; i++) {
      alerts.evaluate({ p95: 210 })
      clock.advance(minute)
    }
    expect(kinds()).toEqual(['raised medium', 'repeated medium', 'repeated medium'])
    expect(told.map(({ atMs }) => atMs / minute)).toEqual([0, 30, 60])
    expect(alerts.active).toMatchObject([{ rule: 'slow', sinceMs: 0, violations: 65 }])
    alerts.evaluate({ p95: 150 })
    expect(told.at(-1)).toMatchObject({ kind: 'resolved', value: 150, bound: 200, sinceMs: 0, violations: 65 })
    expect(alerts.active).toEqual([])
    alerts.evaluate({ p95: 150 })
    expect(told).toHaveLength(4)
  })

  it('becomes critical after three in a row, at once and once', () => {
    const { alerts, clock, kinds } = scene()
    for (let i = 0; i < 10; i++) {
      alerts.evaluate({ p95: 210 })
      clock.advance(minute)
    }
    expect(kinds()).toEqual(['raised medium', 'escalated critical'])
    clock.advance(30 * minute)
    alerts.evaluate({ p95: 210 })
    expect(kinds().at(-1)).toBe('repeated critical')
  })

  it('tells of an alert that gets worse, and never of one that gets a little better', () => {
    const { alerts, kinds } = scene({ escalateAfter: 100 })
    for (const p95 of [210, 500, 210, 500]) alerts.evaluate({ p95 })
    expect(kinds()).toEqual(['raised medium', 'escalated high'])
  })

  it('starts to count anew after a value that is fine', () => {
    const { alerts, kinds } = scene()
    for (const p95 of [210, 210, 190, 210, 210]) alerts.evaluate({ p95 })
    expect(kinds()).toEqual(['raised medium', 'resolved medium'])
  })

  it('repeats itself where the time of day was set back', () => {
    let now = 10 * 24 * 60 * minute
    const { alerts, kinds } = scene({ clock: { now: () => now }, escalateAfter: 99 })
    alerts.evaluate({ p95: 210 })
    now -= 9 * 24 * 60 * minute
    alerts.evaluate({ p95: 210 })
    alerts.evaluate({ p95: 210 })
    expect(kinds()).toEqual(['raised medium', 'repeated medium'])
  })

  it('does not flap: what comes back within the cooldown is told of when that is over', () => {
    const { alerts, clock, kinds } = scene({ escalateAfter: 100 })
    for (let i = 0; i < 20; i++) {
      alerts.evaluate({ p95: i % 2 === 0 ? 210 : 190 })
      clock.advance(minute)
    }
    expect(kinds()).toEqual(['raised medium', 'resolved medium'])
    alerts.evaluate({ p95: 210 })
    expect(alerts.active).toHaveLength(1)
    clock.advance(15 * minute)
    alerts.evaluate({ p95: 210 })
    expect(kinds().slice(2)).toEqual(['raised medium'])
  })

  it('keeps rules apart', () => {
    const rules = [
      { name: 'slow', metric: 'p95', max: 200 },
      { name: 'wrong', metric: 'accuracy', min: 0.9 },
    ]
    const { alerts, told } = scene({ rules })
    expect(alerts.evaluate({ p95: 300, accuracy: 0.95 }).map(({ rule }) => rule)).toEqual(['slow'])
    expect(alerts.evaluate({ p95: 300, accuracy: 0.7 }).map(({ rule }) => rule)).toEqual(['wrong'])
    expect(told).toHaveLength(2)
  })

  it('is not harmed by a listener that throws or rejects', async () => {
    const { alerts } = scene({
      rules: [
        { name: 'a', metric: 'm', max: 0 },
        { name: 'b', metric: 'm', max: 1 },
      ],
      notify: ({ rule }) => {
        if (rule === 'a') throw new Error('pager')
        return Promise.reject(new Error('mail'))
      },
    })
    expect(alerts.evaluate({ m: 5 })).toHaveLength(2)
    await settleMicrotasks()
    expect(alerts.faults).toBe(2)
    expect(alerts.active).toHaveLength(2)
  })

  it.each([
    ['rules', { rules: [] }],
    ['rules.r', { rules: [{ name: 'r', metric: 'm' }] }],
    ['rules.r', { rules: [{ name: 'r', metric: 'm', max: 1, min: 0 }] }],
    ['rules.r', { rules: [{ name: 'r', metric: 'm', max: NaN }] }],
    ['rules[0]', { rules: [null] }],
    ['rules[0].name', { rules: [{ metric: 'm', max: 1 }] }],
    ['rules.r.metric', { rules: [{ name: 'r', max: 1 }] }],
    ['rules[0].maximum', { rules: [{ name: 'r', metric: 'm', max: 1, maximum: 2 }] }],
    ['rules.r.highBeyond', { rules: [{ name: 'r', metric: 'm', max: 1, highBeyond: 0.5 }] }],
    ['rules.r.highBeyond', { rules: [{ name: 'r', metric: 'm', min: 1, highBeyond: 1.5 }] }],
    ['clock', { clock: undefined }],
    ['cooldownMs', { cooldownMs: -1 }],
    ['escalateAfter', { escalateAfter: 0 }],
    ['notify', { notify: undefined }],
    ['colour', { colour: 1 }],
  ])('refuses a wrong %s', (option, change) => {
    expect(() => scene(change as Partial<AlertOptions>)).toThrow(`option ${option}`)
  })

  it('refuses values that are none', () => {
    expect(() => scene({}).alerts.evaluate(undefined as never)).toThrow('option values: expected numbers by metric')
  })
})

describe('a replay of leads', () => {
  /** What is told of four checks of fresh windows, all but the first of them drifted by `drift`. */
  function replay(seed: number, drift: number): readonly string[] {
    const random = createSeededRandom(seed).uniform
    const lead = (shift: number) => ({
      idle: -8 * Math.log(1 - random()) * (1 + shift),
      views: Math.floor(9 * random() ** 2),
      replied: random() < 0.4,
    })
    const features = [{ name: 'idle' }, { name: 'views' }, { name: 'replied', dtype: 'boolean' as const }]
    const clock = createFakeClock(0)
    const rows = Array.from({ length: 300 }, () => lead(0))
    const monitor = createDriftMonitor({ reference: { rows }, features, windowRows: 150, clock })
    const told: string[] = []
    const alerts = createAlerts({
      rules: [driftRule],
      clock,
      notify: ({ kind, severity }) => told.push(`${kind} ${severity}`),
    })
    for (let check = 0; check < 4; check++) {
      for (let i = 0; i < 150; i++) monitor.observe(lead(check === 0 ? 0 : drift), undefined)
      alerts.evaluate(driftValues(monitor.check()))
      clock.advance(10 * minute)
    }
    return told
  }

  it('raises the alert where it has drifted, which gets critical while it lasts', () => {
    expect(replay(1, 1.5)).toEqual(['raised medium', 'escalated critical'])
  })

  it('raises none in 1,000 seeded runs where it has not', () => {
    for (let seed = 0; seed < 1000; seed++) expect(replay(seed, 0)).toEqual([])
  })

  it('keeps an alert as it is while there are too few rows to say', () => {
    const clock = createFakeClock()
    const monitor = createDriftMonitor({ reference: { rows: [[1], [2], [3]] }, features: [{ name: 'a' }], clock })
    expect(driftValues(monitor.check())).toEqual({ drift_level: NaN })
  })
})
