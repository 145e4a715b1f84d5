// The number of failed steps and vitest's JSON reports in, what failed and `N passed, N failed` out; exits 1 where anything failed.
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'

const [failedSteps, ...paths] = process.argv.slice(2)
let passed = 0
let failed = 0
for (const path of paths) {
  const report = readReport(path)
  passed += report?.numPassedTests ?? 0
  failed += report === undefined ? 1 : failuresOf(report)
  for (const line of report === undefined ? [] : namesOf(report)) console.log(line)
}
// A step may fail without a failed test: lint, an unhandled rejection, a crash.
if (failed === 0) failed = Number(failedSteps)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    console.log(`There is no report at ${path}: its run ended before it could write one.`)
    return undefined
  }
}

/** What failed and why, at the end of a long output, where a reader of its tail finds it. */
function namesOf(report) {
  return report.testResults.flatMap((file) => {
    const path = relative(process.cwd(), file.name ?? 'a file')
    const failed = file.assertionResults.filter(({ status }) => status === 'failed')
    if (failed.length === 0) return file.status === 'failed' ? [`FAILED ${path}: ${firstLines(file.message)}`] : []
    return failed.map(
      ({ fullName, failureMessages }) => `FAILED ${path} > ${fullName}: ${firstLines(failureMessages.join('\n'))}`,
    )
  })
}

function firstLines(message) {
  return (message ?? 'no message').split('\n').slice(0, 4).join(' | ').slice(0, 600)
}

/** Failed tests, files that could not even be loaded, and skipped tests, for here nothing may be skipped. */
function failuresOf(report) {
  const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
  return report.numFailedTests + unloaded.length + report.numPendingTests + report.numTodoTests
}
