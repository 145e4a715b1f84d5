// The last line of .ci/run: what vitest's reports say, added up, and an exit code that tells of every kind of failure.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'ci-count-'))
afterAll(() => rmSync(folder, { recursive: true }))

const clean = { numPassedTests: 7, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] }
const unloaded = { status: 'failed', assertionResults: [] }

test.each([
  ['adds up two clean runs', '0', [clean, clean], '14 passed, 0 failed', 0],
  ['counts failed tests', '1', [clean, { ...clean, numFailedTests: 2 }], '14 passed, 2 failed', 1],
  ['counts a skipped test as failed', '0', [clean, { ...clean, numPendingTests: 1 }], '14 passed, 1 failed', 1],
  ['counts a file that cannot be loaded', '1', [{ ...clean, testResults: [unloaded] }], '7 passed, 1 failed', 1],
  ['counts a failed step without a failed test', '1', [clean], '7 passed, 1 failed', 1],
  ['counts a run that left no report', '0', [clean, undefined], '7 passed, 1 failed', 1],
])('%s', (title, failedSteps, reports, lastLine, exitCode) => {
  const paths = reports.map((report, index) => {
    const path = join(folder, `${title}-${index}.json`)
    if (report !== undefined) writeFileSync(path, JSON.stringify(report))
    return path
  })
  const script = new URL('../.ci/count.js', import.meta.url).pathname
  const { status, stdout } = spawnSync(process.execPath, [script, failedSteps, ...paths], { encoding: 'utf8' })
  expect({ lastLine: stdout.trimEnd().split('\n').at(-1), status }).toEqual({ lastLine, status: exitCode })
})
