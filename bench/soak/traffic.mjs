// Predictors of a registry and a tally in; callers that ask in every way there is, and check every answer, out.

import { setTimeout as sleep } from 'node:timers/promises'
import { isPrediction } from 'tfjs-serving'
import { mulberry32 } from '../random.mjs'
import { ghost } from './subjects.mjs'

/** What a caller may be told while workers die, models are swapped and callers have deadlines. */
const excused = new Set(['DEADLINE_EXCEEDED', 'QUEUE_FULL'])

/** Of a batch of wasm against one row: float32 sums in another order. */
const tolerance = 1e-5

export function createTraffic({ registry, subjects, tally, seed }) {
  const random = mulberry32(seed)
  const pick = (list) => list[Math.floor(random() * list.length)]
  const selectors = ['', '', '', '@stable', '@canary', '@1.0.0', '@2.0.0']

  const ways = [
    [60, predictOne],
    [12, predictMany],
    [10, leave],
    [8, askTheSame],
    [5, sendABadRow],
    [5, askTheGhost],
  ]
  const totalWeight = ways.reduce((sum, [weight]) => sum + weight, 0)

  async function caller(isOver) {
    while (!isOver()) {
      let at = random() * totalWeight
      const [, way] = ways.find(([weight]) => (at -= weight) < 0)
      tally.call()
      try {
        await way()
      } catch (error) {
        tally.surprise(`${way.name}: ${error?.stack ?? String(error)}`)
      }
      tally.settled()
      await sleep(random() * 20)
    }
  }

  async function predictorOf(subject) {
    const selector = pick(selectors)
    return { predictor: await registry.getModelPredictor(subject.name + selector), selector }
  }

  function options() {
    return {
      ...(random() < 0.3 ? { timeoutMs: 5 + random() * 200 } : {}),
      ...(random() < 0.3 ? { priority: pick(['low', 'normal', 'high']) } : {}),
      ...(random() < 0.2 ? { tenant: pick(['a', 'b']) } : {}),
      ...(random() < 0.3 ? { useCache: random() < 0.5 } : {}),
    }
  }

  async function predictOne() {
    const subject = pick(subjects)
    const { predictor, selector } = await predictorOf(subject)
    const index = Math.floor(random() * subject.rows.length)
    const startedAt = performance.now()
    try {
      const answer = await predictor.predict(subject.rows[index], options())
      tally.answer(answer.source, performance.now() - startedAt)
      check(subject, selector, index, answer)
    } catch (error) {
      refused(error)
    }
  }

  async function predictMany() {
    const subject = pick(subjects)
    const { predictor, selector } = await predictorOf(subject)
    const indices = Array.from({ length: 1 + Math.floor(random() * 300) }, () =>
      Math.floor(random() * subject.rows.length),
    )
    const entries = await predictor.predictBatch(
      indices.map((i) => subject.rows[i]),
      options(),
    )
    if (entries.length !== indices.length) tally.surprise(`predictBatch gave ${entries.length} of ${indices.length}`)
    const seen = new Set()
    entries.forEach((entry, i) => {
      if (!isPrediction(entry)) return refused(entry)
      seen.add(entry.version)
      tally.answer(entry.source)
      check(subject, selector, indices[i], entry)
    })
    if (selector !== '' && seen.size > 1) tally.surprise(`one predictBatch of ${selector} was answered by ${[...seen]}`)
  }

  async function leave() {
    const subject = pick(subjects)
    const { predictor, selector } = await predictorOf(subject)
    const index = Math.floor(random() * subject.rows.length)
    const controller = new AbortController()
    const reason = { left: true }
    const answer = predictor.predict(subject.rows[index], { ...options(), signal: controller.signal })
    if (random() < 0.5) setImmediate(() => controller.abort(reason))
    else setTimeout(() => controller.abort(reason), random() * 5)
    try {
      const { source } = await answer
      tally.answer(source)
      check(subject, selector, index, await answer)
    } catch (error) {
      if (error === reason) tally.aborted()
      else refused(error)
    }
  }

  async function askTheSame() {
    const subject = pick(subjects)
    const { predictor, selector } = await predictorOf(subject)
    const index = Math.floor(random() * subject.rows.length)
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, () => predictor.predict(subject.rows[index], { useCache: true })),
    )
    for (const { value, reason } of answers)
      if (value === undefined) refused(reason)
      else {
        tally.answer(value.source)
        check(subject, selector, index, value)
      }
  }

  async function sendABadRow() {
    const subject = pick(subjects)
    const { predictor } = await predictorOf(subject)
    const { [Object.keys(subject.rows[0])[0]]: _, ...rest } = pick(subject.rows)
    try {
      await predictor.predict(rest)
      tally.surprise('a row without a feature was answered')
    } catch (error) {
      if (error.code === 'INPUT_INVALID') tally.refused(error.code)
      else refused(error)
    }
  }

  async function askTheGhost() {
    const predictor = await registry.getModelPredictor(ghost.name)
    const { source, rule, version, label } = await predictor.predict({ x: 1 })
    tally.answer(source)
    if (source !== 'fallback' || rule !== ghost.rule || version !== null || label !== ghost.answer.label)
      tally.surprise(`the ghost answered ${JSON.stringify({ source, rule, version, label })}`)
  }

  function check(subject, selector, index, { version, source, probabilities }) {
    const pinned = { '@1.0.0': '1.0.0', '@stable': '1.0.0', '@2.0.0': '2.0.0', '@canary': '2.0.0' }[selector]
    if (source === 'fallback') tally.surprise(`${subject.name} has no fallback, and one answered`)
    else if (pinned !== undefined && version !== pinned) tally.surprise(`${selector} was answered by ${version}`)
    const expected = subject.answers[version]?.[index]
    if (expected === undefined || probabilities.some((p, k) => !(Math.abs(p - expected[k]) <= tolerance)))
      tally.surprise(`${subject.name}@${version} by ${source}: another answer than its own`)
  }

  function refused(error) {
    tally.refused(error?.code ?? String(error))
    if (!excused.has(error?.code)) tally.surprise(`${error?.code}: ${error?.message ?? String(error)}`)
  }

  return { caller }
}
