// Calls that pickles ask for in; plain values or inert records out, and never a call.
import { expect, it } from 'vitest'
import { readPickle } from '../../../../converters/formats/pickle/read-pickle.ts'
import { type NdArray, PyDict, PyGlobal, type PyObject } from '../../../../converters/formats/pickle/values.ts'
import { bytes, call, dtype, global, int, ndarray, type Part, str, tuple, u8, whole } from './opcode-writer.ts'
import { toPlain } from './plain.ts'

const object = global('builtins', 'object')

const plain: readonly (readonly [string, readonly Part[], unknown])[] = [
  ['set(list)', call('__builtin__', 'set', tuple(int(1), int(2))), { set: [1, 2] }],
  ['set()', call('builtins', 'set'), { set: [] }],
  ['list(tuple)', call('builtins', 'list', tuple(int(1))), [1]],
  ['tuple()', call('builtins', 'tuple'), []],
  ['dict()', call('builtins', 'dict'), { dict: [] }],
  ['OrderedDict of pairs', call('collections', 'OrderedDict', tuple(tuple(str('a'), int(1)))), { dict: [['a', 1]] }],
  ['defaultdict(int)', call('collections', 'defaultdict', global('builtins', 'int')), { dict: [] }],
  ['bytes()', call('__builtin__', 'bytes'), { bytes: [] }],
  ['bytearray(text, codec)', call('builtins', 'bytearray', str('ab'), str('latin-1')), { bytes: [97, 98] }],
  ['a numpy scalar of text', call('numpy.core.multiarray', 'scalar', dtype('S2'), bytes(97, 98)), 'ab'],
  ['an object scalar', call('numpy.core.multiarray', 'scalar', dtype('O'), int(3)), 3],
  [
    'a complex scalar, left as it is',
    call('numpy.core.multiarray', 'scalar', dtype('c8'), bytes(1)),
    record('numpy.core.multiarray.scalar'),
  ],
  ['complex(1)', call('builtins', 'complex', int(1)), record('builtins.complex')],
  ['list(text), left as it is', call('builtins', 'list', str('ab')), record('builtins.list')],
  [
    'an array of a subclass, left as it is',
    call('numpy.core.multiarray', '_reconstruct', global('sklearn', 'A')),
    record('numpy.core.multiarray._reconstruct'),
  ],
  ['__newobj__', call('copyreg', '__newobj__', global('sklearn', 'A'), int(1)), record('sklearn.A')],
  [
    '__newobj_ex__',
    call('copy_reg', '__newobj_ex__', global('sklearn', 'A'), tuple(), ['EMPTY_DICT']),
    record('sklearn.A'),
  ],
  ['INST', ['MARK', ...int(1), 'INST', { text: 'sklearn\nA\n' }], record('sklearn.A')],
  ['OBJ', ['MARK', ...global('sklearn', 'A'), ...int(1), 'OBJ'], record('sklearn.A')],
]

function record(name: string): unknown {
  return { name }
}

it.each(plain)('reads %s', (_title, parts, value) => {
  expect(toPlain(readPickle(whole(parts)))).toEqual(value)
})

it('keeps arguments, keywords, state, items and entries of an instance', () => {
  const instance = readPickle(
    whole(
      global('sklearn', 'A'),
      tuple(int(1)),
      ['EMPTY_DICT', ...str('k'), ...int(2), 'SETITEM', 'NEWOBJ_EX'],
      [...int(3), 'APPEND', ...str('key'), ...int(4), 'SETITEM'],
      ['EMPTY_DICT', 'BUILD'],
    ),
  ) as PyObject
  expect(instance).toMatchObject({ module: 'sklearn', name: 'A', args: [1], items: [3], entries: [['key', 4]] })
  expect(instance.keywords?.get('k')).toBe(2)
  expect(instance.state).toBeInstanceOf(PyDict)
})

it('fills instances of dict and list subclasses as protocols 0 and 1 make them', () => {
  const pair: Part[] = ['EMPTY_DICT', ...str('a'), ...int(1), 'SETITEM']
  const bunch = call(
    'copy_reg',
    '_reconstructor',
    global('sklearn.utils', 'Bunch'),
    global('__builtin__', 'dict'),
    pair,
  )
  expect((readPickle(whole(bunch)) as PyObject).entries).toEqual([['a', 1]])
  const list = call('copyreg', '_reconstructor', global('sklearn', 'L'), global('builtins', 'list'), tuple(int(5)))
  expect((readPickle(whole(list)) as PyObject).items).toEqual([5])
  const plainObject = call('copyreg', '_reconstructor', global('sklearn', 'A'), object, ['NONE'])
  expect((readPickle(whole(plainObject)) as PyObject).args).toEqual([])
})

it('fills an array that the memo holds already where it stands', () => {
  const [first, second] = readPickle(
    whole(
      call('numpy.core.multiarray', '_reconstruct', global('numpy', 'ndarray'), tuple(int(0)), bytes(98)),
      'MEMOIZE',
      tuple(int(1), tuple(int(2)), dtype('u1'), ['NEWFALSE'], bytes(7, 8)),
      'BUILD',
      ['BINGET', u8(0), 'TUPLE2'],
    ),
  ) as NdArray[]
  expect(first).toBe(second)
  expect(first.values).toEqual(Int32Array.of(7, 8))
})

it('reads a subarray of a subarray as further axes', () => {
  const inner = dtype('V2', { subarray: tuple(dtype('u1'), int(2)), itemByteLength: 2 })
  const outer = dtype('V4', { subarray: tuple(inner, tuple(int(2))), itemByteLength: 4 })
  const type = dtype('V4', {
    names: tuple(str('a')),
    fields: ['EMPTY_DICT', ...str('a'), ...tuple(outer, int(0)), 'SETITEM'],
    itemByteLength: 4,
  })
  const array = readPickle(whole(ndarray(tuple(int(1)), type, bytes(1, 2, 3, 4)))) as NdArray
  expect(array.fields?.get('a')).toMatchObject({ shape: [1, 2, 2], values: Int32Array.of(1, 2, 3, 4) })
})

it('keeps the name of a method that an object holds of itself, and no way back to the object', () => {
  const method = call('builtins', 'getattr', ['BINGET', u8(0)], str('_raw'))
  const model = readPickle(
    whole(
      global('sklearn', 'A'),
      ['EMPTY_TUPLE', 'NEWOBJ', 'MEMOIZE'],
      ['EMPTY_DICT', ...str('m'), ...method, 'SETITEM', 'BUILD'],
    ),
  )
  expect(((model as PyObject).state as PyDict).get('m')).toEqual(new PyGlobal('sklearn', 'A._raw'))
})
