// Nothing in, random schemas with hostile names out, and the ways in which a row may hold their values.

import fc from 'fast-check'
import type { FeatureSchema, ModelSchema } from '../../src/artifact/schema.ts'

const names = ['a', 'b', 'c', '__proto__', 'constructor', 'toString', 'length', '0', '', 'v', 'row', 'into']
const quotes = [
  '"]; throw 1; //',
  "it's",
  '`${row}`',
  '\\',
  '\n',
  '\u2028',
  '\u2029',
  '\ud800',
  '*/',
  '</script>',
  'é 😀',
]
export const hostileNames = [...names, ...quotes]
const scalars = fc.oneof(fc.constantFrom(1, 2, 0, -0, 408, true, false), fc.constantFrom('1', 'yes', ...hostileNames))

const feature = (name: string): fc.Arbitrary<FeatureSchema> =>
  fc
    .record({
      dtype: fc.constantFrom('number', 'string', 'string', 'boolean'),
      used: fc.constantFrom(true, true, true, true, false),
      missing: fc.constantFrom('handled', 'error'),
      unknown: fc.constantFrom('ignored', 'error'),
      infinite: fc.boolean(),
      hasCategories: fc.boolean(),
      numbers: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
      categories: fc.oneof(
        fc.array(fc.constantFrom('1', 'yes', ...hostileNames), { maxLength: 12 }),
        fc.array(scalars, { maxLength: 6 }),
      ),
    })
    .map(({ hasCategories, numbers, categories, ...rest }) => {
      if (rest.dtype === 'string') return { name, ...rest, categories }
      return rest.dtype === 'number' && hasCategories ? { name, ...rest, categories: numbers } : { name, ...rest }
    })

export const schemas: fc.Arbitrary<ModelSchema> = fc
  .uniqueArray(fc.oneof(fc.constantFrom(...hostileNames), fc.string()), { maxLength: 6 })
  .chain((list) => fc.tuple(...list.map(feature)))
  .map((features) => ({ features, outputs: ['label'] }))

const usual = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(0, -0, 1, 2, 3, null, undefined, NaN, Infinity),
  scalars,
)
const values = fc.oneof({ weight: 8, arbitrary: usual }, { weight: 1, arbitrary: fc.anything({ withBigInt: true }) })

/** The ways in which a row may hold `cells` of a schema's features. */
export const forms: Record<string, (cells: readonly [string, unknown][]) => unknown> = {
  object: (cells) => Object.fromEntries(cells),
  'object in reverse': (cells) => Object.fromEntries([...cells].reverse()),
  'frozen object': (cells) => Object.freeze(Object.fromEntries(cells)),
  'without a prototype': (cells) => named(Object.create(null), cells),
  'with inherited values': (cells) => Object.create(named({}, cells)),
  'with more names': (cells) => ({ ...Object.fromEntries(cells), more: 1 }),
  'with a name too few': (cells) => Object.fromEntries(cells.slice(1)),
  'with a name in other letters': (cells) =>
    Object.fromEntries(cells.map(([name, value]) => [name.toUpperCase(), value])),
  'with getters': (cells) => {
    const row = Object.create({ kind: 'class' })
    for (const [name, value] of cells) Object.defineProperty(row, name, { get: () => value, enumerable: true })
    return row
  },
  'with getters that throw': (cells) => throwing({}, cells),
  'map with names': (cells) => named(new Map(), cells),
  'map with getters that throw': (cells) => throwing(new Map(), cells),
  'date with names': (cells) => named(new Date(0), cells),
  'that calls itself a Map': (cells) => ({ ...Object.fromEntries(cells), [Symbol.toStringTag]: 'Map' }),
  proxy: (cells) => new Proxy(Object.fromEntries(cells), {}),
  'proxy that has all names': (cells) => new Proxy(Object.fromEntries(cells), { has: () => true }),
  'revoked proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  },
  array: (cells) => cells.map(([, value]) => value),
  'array with a hole': (cells) => {
    const row = cells.map(([, value]) => value)
    delete row[row.length - 1]
    return row
  },
  'array too short': (cells) => cells.slice(1).map(([, value]) => value),
  'array of integers': (cells) => cells.map((_, i) => i),
  'proxy of an array': (cells) =>
    new Proxy(
      cells.map(([, value]) => value),
      {},
    ),
  Float64Array: (cells) => Float64Array.from(cells, ([, value]) => (typeof value === 'number' ? value : NaN)),
  Float32Array: (cells) => Float32Array.from(cells, ([, value]) => (typeof value === 'number' ? value : -1)),
  Int32Array: (cells) => Int32Array.from(cells, ([, value]) => (typeof value === 'number' ? value : 1)),
  Uint8ClampedArray: (cells) => Uint8ClampedArray.from(cells, (_, i) => i),
  BigInt64Array: (cells) => BigInt64Array.from(cells, () => 1n),
  'BigInt64Array in disguise': (cells) =>
    Object.setPrototypeOf(
      BigInt64Array.from(cells, () => 1n),
      Float64Array.prototype,
    ),
}

/** `__proto__` becomes a name like any other. */
export function named(row: object, cells: readonly [string, unknown][]): object {
  for (const [name, value] of cells)
    Object.defineProperty(row, name, { value, enumerable: true, configurable: true, writable: true })
  return row
}

function throwing(row: object, cells: readonly [string, unknown][]): object {
  named(row, cells)
  const [name] = cells[cells.length >> 1] ?? ['none']
  return Object.defineProperty(row, name, {
    get: () => {
      throw new Error('boom')
    },
  })
}

/** A value for the feature: often one that it takes. */
export function cell({ dtype, categories = [] }: FeatureSchema): fc.Arbitrary<unknown> {
  const known =
    categories.length > 0 ? fc.constantFrom(...categories) : dtype === 'boolean' ? fc.boolean() : fc.double()
  return fc.oneof({ weight: 4, arbitrary: known as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: values })
}
