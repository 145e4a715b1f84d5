// A finished test run in; the name and reason of each test that was skipped out, as errors where nothing may be skipped.
import type { Reporter, TestCase, TestModule } from 'vitest/node'

type RunTest = Pick<TestCase, 'fullName' | 'result'> & { readonly options: Pick<TestCase['options'], 'mode'> }

/** As much of vitest's TestModule as is read here. */
export type RunModule = Pick<TestModule, 'relativeModuleId'> & {
  readonly children: { allTests(state: 'skipped'): Iterable<RunTest> }
}

type SkipReporterOptions = {
  /** True where a skipped test fails the run. @default CI_REQUIRE_ALL is 1 */
  readonly isAllRequired?: boolean
  readonly print?: (line: string) => void
  readonly fail?: () => void
}

export class SkipReporter implements Reporter {
  readonly #isAllRequired: boolean
  readonly #print: (line: string) => void
  readonly #fail: () => void

  constructor(options: SkipReporterOptions = {}) {
    this.#isAllRequired = options.isAllRequired ?? process.env['CI_REQUIRE_ALL'] === '1'
    this.#print = options.print ?? ((line) => process.stdout.write(`${line}\n`))
    this.#fail = options.fail ?? (() => (process.exitCode = 1))
  }

  onTestRunEnd(modules: readonly RunModule[]): void {
    const skipped = modules.flatMap((module) => skippedTests(module))
    if (skipped.length === 0) return this.#print('Skipped: nothing')
    this.#print(this.#isAllRequired ? 'Skipped, where CI_REQUIRE_ALL=1 allows no skipping:' : 'Skipped:')
    for (const { name, reason } of skipped) this.#print(`  ${name}: ${reason}`)
    if (this.#isAllRequired) this.#fail()
  }
}

export default SkipReporter

function skippedTests(module: RunModule): { name: string; reason: string }[] {
  return [...module.children.allTests('skipped')].map((test) => {
    const result = test.result()
    const note = result.state === 'skipped' ? result.note : undefined
    return {
      name: `${module.relativeModuleId} > ${test.fullName}`,
      reason: note ?? (test.options.mode === 'run' ? 'what comes before it failed' : `marked as ${test.options.mode}`),
    }
  })
}
