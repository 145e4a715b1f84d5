import { pino } from 'pino'
import { expect, it } from 'vitest'
import { silentLogger } from '../../src/observe/logger.ts'
import type { Logger } from '../../src/observe/logger.ts'

it('takes a pino logger as it is', () => {
  const lines: string[] = []
  const logger: Logger = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) })
  logger.warn({ model: 'telco_churn' }, 'slow')
  expect(JSON.parse(lines[0])).toMatchObject({ model: 'telco_churn', msg: 'slow' })
})

it('says nothing by default', () => {
  expect(() => silentLogger.error({ error: new Error('boom') }, 'failed')).not.toThrow()
})
