// Stages as a conversion goes through them in, what a progress bar is told and how an abort is heard out.
import { expect, test } from 'vitest'
import type { ConvertProgress } from '../../../converters/convert/convert-options.ts'
import { createStages } from '../../../converters/convert/convert-stages.ts'

test('never goes back where weights are stored wider and go through stages again', async () => {
  const seen: ConvertProgress[] = []
  const stages = createStages({ onProgress: (progress) => seen.push(progress) })
  for (const stage of ['quantize', 'write', 'check', 'quantize', 'write', 'check'] as const)
    await stages.enter(stage, stage)
  stages.finish('written')
  expect(seen.map(({ stage, fraction }) => [stage, fraction])).toEqual([
    ['quantize', 0.2],
    ['write', 0.6],
    ['check', 0.7],
    ['quantize', 0.7],
    ['write', 0.7],
    ['check', 0.7],
    ['done', 1],
  ])
})

test('an abort of the progress callback is heard at once, but not when all is done', async () => {
  const interruption = new AbortController()
  const reason = new Error('enough')
  const stages = createStages({ signal: interruption.signal, onProgress: () => interruption.abort(reason) })
  expect(() => stages.finish('written')).not.toThrow()
  await expect(stages.enter('parse', 'reading')).rejects.toBe(reason)
  const fresh = new AbortController()
  const once = createStages({ signal: fresh.signal, onProgress: () => fresh.abort(reason) })
  await expect(once.enter('parse', 'reading')).rejects.toBe(reason)
})
