// Processes that run no code from text: rows are read there as anywhere.

import { spawnSync } from 'node:child_process'
import { buildSync } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { createRowReader } from '../../src/rows/read-row.ts'
import { outcome } from './reader-pair.ts'

describe('a process that forbids code from text', () => {
  it('is asked once, and reads by the loops for ever', () => {
    let asked = 0
    const reader = createRowReader(
      { features: [{ name: 'a', dtype: 'number', used: true, missing: 'error' }], outputs: [] },
      {
        compileAfter: 2,
        createFunction: () => {
          asked++
          throw new EvalError('Code generation from strings disallowed for this context')
        },
      },
    )
    for (let i = 0; i < 100; i++) expect(outcome(reader, { a: i }, true)).toEqual([77, i, 77])
    expect(outcome(reader, { b: 1 }, false)).toMatchObject({ code: 'INPUT_INVALID', details: { feature: 'a' } })
    expect(asked).toBe(1)
  })

  it('reads as any other, in a Node of its own', () => {
    const script = `
      import { createRowReader } from './src/rows/read-row.ts'
      let forbidden = false
      try { new Function('return 1') } catch (error) { forbidden = error instanceof EvalError }
      const features = ['a', 'b'].map((name) => ({ name, dtype: 'number', used: true, missing: 'error' }))
      const reader = createRowReader({ features, outputs: [] })
      const into = new Float64Array(2)
      let sum = 0
      for (let i = 0; i < 100; i++)
        for (const row of [{ a: i, b: 1 }, [i, 1], Float64Array.of(i, 1)]) {
          reader.read(row, into, 0)
          sum += into[0] + into[1]
        }
      let code
      try { reader.read({ a: 1 }, into, 0) } catch (error) { code = error.code }
      console.log(JSON.stringify({ forbidden, sum, code }))`
    const { outputFiles } = buildSync({
      stdin: { contents: script, resolveDir: new URL('../..', import.meta.url).pathname },
      bundle: true,
      write: false,
      format: 'esm',
      target: 'es2022',
    })
    const { stdout } = spawnSync(
      process.execPath,
      ['--disallow-code-generation-from-strings', '--input-type=module', '-'],
      { input: outputFiles[0].text, encoding: 'utf8' },
    )
    expect(JSON.parse(stdout)).toEqual({ forbidden: true, sum: 3 * (4950 + 100), code: 'INPUT_INVALID' })
  })
})
