// What the report of a candidate says beside whether it is right.
import { expect, test } from 'vitest'
import type { Backend } from '../../../src/backend/port.ts'
import { tryBackend } from '../../../src/backend/choice/try-backend.ts'
import { artifact, checked, createFake, probe } from './fake-backends.ts'

test('says how a right candidate computes, where it has several ways', async () => {
  const { backend } = createFake('native')
  const formed: Backend = {
    ...backend,
    load: async (...given) => ({ ...(await backend.load(...given)), form: 'one call' }),
  }
  const trial = { artifact, graph: checked.graph, probe, now: undefined, onEvent: () => undefined }
  const { report } = await tryBackend(formed, trial)
  expect(report.reason).toBe(
    'right on all 6 check rows in batches of 1, 7, 6 and 512, which answer exactly as each row alone; one call',
  )
})
