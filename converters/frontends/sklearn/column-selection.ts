// How a ColumnTransformer writes a selection (names, indices, slice or mask) in; the selected columns out.

import { PyObject, type PyValue } from '../../formats/pickle/values.ts'
import { PyDict } from '../../formats/pickle/values.ts'
import { describeValue, type EstimatorReader, toValues } from './estimator-reader.ts'
import type { Column, ColumnSet } from './columns.ts'
import { unsupported } from './place.ts'

type Context = { readonly reader: EstimatorReader; readonly transformer: string }

export function selectColumns(selection: PyValue, input: ColumnSet, context: Context): ColumnSet {
  const columns = select(selection, input.columns, context)
  return { columns, isSparse: input.isSparse }
}

function select(selection: PyValue, columns: readonly Column[], context: Context): readonly Column[] {
  if (selection instanceof PyObject && selection.name === 'slice') return sliceOf(selection, columns, context)
  const keys =
    selection instanceof PyObject && selection.name === '_RemainderColsList'
      ? remainderKeys(selection, context)
      : typeof selection === 'string' || typeof selection === 'number'
        ? [selection]
        : toValues(selection)
  if (keys === undefined) {
    throw broken(context, 'names, indices, a slice or a mask', selection)
  }
  if (keys.length > 0 && keys.every((key) => typeof key === 'boolean')) {
    if (keys.length !== columns.length) throw broken(context, `a mask of ${columns.length}`, selection)
    return columns.filter((_, i) => keys[i] === true)
  }
  return keys.map((key) => {
    if (typeof key === 'string') return columns[indexOfName(key, columns, context)]
    return columns[indexOf(key, columns, context)]
  })
}

/** Versions 1.5 and 1.6 keep the remainder in a list that warns. */
function remainderKeys(list: PyObject, context: Context): readonly PyValue[] | undefined {
  const data = list.state instanceof PyDict ? list.state.get('data') : undefined
  return toValues(data) ?? toValues(list.args[0]) ?? remainderBroken(list, context)
}

function remainderBroken(list: PyObject, context: Context): never {
  throw broken(context, 'a list of columns', list)
}

function indexOf(key: PyValue, columns: readonly Column[], context: Context): number {
  const index = typeof key === 'number' && key < 0 ? key + columns.length : key
  if (typeof index === 'number' && Number.isSafeInteger(index) && index >= 0 && index < columns.length) return index
  throw broken(context, `column indices below ${columns.length}`, key)
}

function indexOfName(name: string, columns: readonly Column[], { reader, transformer }: Context): number {
  const index = columns.findIndex((column) => column.name === name)
  if (index >= 0 && columns.findLastIndex((column) => column.name === name) === index) return index
  throw unsupported(
    reader.place,
    `selecting column ${JSON.stringify(name)} for transformer ${JSON.stringify(transformer)} by ${index < 0 ? 'a name that no input column has' : 'a name that two columns have'}`,
    'Columns made by an earlier step can be selected by index.',
  )
}

/** A slice of indices excludes its end; one of names includes it, as pandas does. */
function sliceOf(slice: PyObject, columns: readonly Column[], context: Context): readonly Column[] {
  const [start = null, stop = null, step = null] = slice.args
  if (step !== null && step !== 1) throw broken(context, 'a slice without a step', step)
  const byName = typeof start === 'string' || typeof stop === 'string'
  const bound = (key: PyValue, absent: number, afterName: number): number => {
    if (key === null) return absent
    if (typeof key === 'string') return indexOfName(key, columns, context) + afterName
    if (byName || typeof key !== 'number' || !Number.isSafeInteger(key)) throw broken(context, 'slice bounds', key)
    return key < 0 ? Math.max(0, key + columns.length) : Math.min(key, columns.length)
  }
  return columns.slice(bound(start, 0, 0), bound(stop, columns.length, 1))
}

function broken({ reader, transformer }: Context, expected: string, got: PyValue): Error {
  return reader.corrupt(`transformers_ (columns of ${transformer})`, expected, describeValue(got))
}
