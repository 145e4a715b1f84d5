// Readers of features in, readers of rows out: loops at first, then code written for just these features, where that is allowed.

import type { FeatureReader } from './feature-reader.ts'
import { readerText } from './reader-text.ts'
import { assertNamedValues, hasName } from './row-shape.ts'
import { type JudgeValue, loopRowValues, type ReadValues, type RowValues } from './row-values.ts'

/** Makes a function of `names` that runs `body`, as `Function` does; throws where the process forbids code from text. */
export type FunctionFactory = (names: readonly string[], body: string) => (...values: readonly unknown[]) => unknown

export type CompileOptions = {
  /** Rows of a kind that are read before code is written for the next; Infinity for never. @default 32 */
  readonly compileAfter?: number
  /** @default functionOfText */
  readonly createFunction?: FunctionFactory
}

/** Writing the code for 20 features takes as long as reading some thousand rows: not for a model that answers once or twice. */
const defaultCompileAfter = 32

/** Values of rows, by code that each kind of row has for itself once enough of the kind came. */
export function createRowValues(
  features: readonly FeatureReader[],
  judge: JudgeValue,
  { compileAfter = defaultCompileAfter, createFunction = functionOfText }: CompileOptions,
): RowValues {
  const tables = features.map(({ form }) => (form.kind === 'category' ? form.indexOf : undefined))
  const loops = loopRowValues(features, judge)

  function compiled<TRow>(kind: keyof RowValues): ReadValues<TRow> | undefined {
    const text = readerText(kind, features)
    if (text === undefined) return undefined
    try {
      const create = createFunction(['tables', 'judge', 'hasName', 'assertNamedValues'], text)
      // the text returns just this
      return create(tables, judge, hasName, assertNamedValues) as ReadValues<TRow>
    } catch {
      // A content security policy or --disallow-code-generation-from-strings: the loop reads as well, if slower.
      return undefined
    }
  }

  function tiered<TRow>(kind: keyof RowValues, loop: ReadValues<TRow>): ReadValues<TRow> {
    let left = compileAfter
    let readValues = loop
    return (row, into, offset, rowIndex) => {
      if (left >= 0 && left-- === 0) readValues = compiled(kind) ?? loop
      readValues(row, into, offset, rowIndex)
    }
  }

  return {
    ofObject: tiered('ofObject', loops.ofObject),
    ofArray: tiered('ofArray', loops.ofArray),
    ofNumbers: tiered('ofNumbers', loops.ofNumbers),
  }
}

/** Of a schema, names and categories of features get into `body`, each as a string literal, and nothing else. */
export function functionOfText(names: readonly string[], body: string): ReturnType<FunctionFactory> {
  // eslint-disable-next-line no-new-func
  return new Function(...names, body) as ReturnType<FunctionFactory>
}
