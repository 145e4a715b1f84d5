// Files that attack the reader in; the one typed error that each must end in, within a second, out.
import { deflateSync, gzipSync, zlibSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { pickleLimits } from '../../../../converters/formats/pickle/pickle-limits.ts'
import { readPickle } from '../../../../converters/formats/pickle/read-pickle.ts'
import { type NdArray, type PyDict, PyObject, type PyValue } from '../../../../converters/formats/pickle/values.ts'
import { type ErrorCode, isMLError, type MLError } from '../../../../src/errors.ts'
import { fixtureFolders, readFixture } from './fixtures.ts'
import {
  bytes,
  call,
  dtype,
  global,
  int,
  join,
  joblibArray,
  long,
  ndarray,
  type Part,
  pickle,
  record,
  str,
  text,
  tuple,
  u32,
  u64,
  u8,
  whole,
} from './opcode-writer.ts'

/** What reading threw; anything but an MLError, an answer, or more than a second fails the test. */
function refusal(file: Uint8Array, limits?: Parameters<typeof readPickle>[1]): MLError {
  const before = process.cpuUsage()
  try {
    readPickle(file, limits)
  } catch (error) {
    // of this process, whatever else the machine does
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(1000)
    if (isMLError(error)) return error
    throw error
  }
  throw new Error('the file was read')
}

const repeat = (count: number, ...parts: readonly Part[]): Part[] => Array.from({ length: count }, () => parts).flat()
const fill = (count: number, opcode: number): Uint8Array => new Uint8Array(count).fill(opcode)

describe('code', () => {
  const dangerous: readonly (readonly [module: string, name: string])[] = [
    ['os', 'system'],
    ['posix', 'system'],
    ['nt', 'system'],
    ['subprocess', 'Popen'],
    ['sys', 'exit'],
    ['builtins', 'eval'],
    ['builtins', 'exec'],
    ['builtins', 'getattr'],
    ['builtins', '__import__'],
    ['builtins', 'open'],
    ['builtins', 'compile'],
    ['__builtin__', 'eval'],
    ['types', 'FunctionType'],
    ['types', 'CodeType'],
    ['dill._dill', '_create_function'],
    ['cloudpickle.cloudpickle', '_make_function'],
    ['operator', 'attrgetter'],
    ['importlib', 'import_module'],
    ['pickle', 'loads'],
    ['torch', 'load'],
    ['__main__', 'MyTransformer'],
    ['numpy.testing._private.utils', 'runstring'],
    ['numpy', 'load'],
    ['numpy.f2py', 'compile'],
    ['joblib.memory', 'Memory'],
    ['pandas', 'read_pickle'],
    ['pandas.io.pickle', 'read_pickle'],
    ['sklearn', 'os.system'],
    ['sklearn.utils', '__builtins__.eval'],
    ['sklearn.', 'x'],
    ['sklearnx', 'Tree'],
    ['scipy.sparse', 'load_npz'],
    ['copyreg', 'add_extension'],
    ['_codecs', 'decode'],
    ['__proto__', 'constructor'],
    ['', ''],
    ['sklearn.tree\nos', 'system'],
  ]

  it.each(dangerous)('refuses to name %s.%s, by STACK_GLOBAL, GLOBAL and INST', (module, name) => {
    const files = [whole(global(module, name), tuple(str('true')), 'REDUCE')]
    if (!module.includes('\n')) {
      files.push(whole('GLOBAL', text(`${module}\n${name}\n`), 'EMPTY_TUPLE', 'REDUCE'))
      files.push(whole('MARK', str('true'), 'INST', text(`${module}\n${name}\n`)))
    }
    for (const file of files) {
      const error = refusal(file)
      expect(error.code).toBe('UNSAFE_CONTENT')
      expect(error.message).toContain(`${module}.${name}`)
      expect(error.message).toContain('nothing in it was run')
      expect(error.details).toHaveProperty('byteOffset')
    }
  })

  const unsafe: readonly (readonly [string, Uint8Array])[] = [
    ['PERSID', pickle('PERSID', text('x\n'), 'STOP')],
    ['BINPERSID', whole('NONE', 'BINPERSID')],
    ['EXT1', whole('EXT1', u8(1))],
    ['EXT2', whole('EXT2', u8(1), u8(0))],
    ['EXT4', whole('EXT4', u32(1))],
    ['a call of the result of a call', whole(call('sklearn.base', 'clone'), tuple(), 'REDUCE')],
    ['a special attribute', whole(call('builtins', 'getattr', call('sklearn', 'A'), str('__class__')))],
    ['an attribute of a function', whole(call('builtins', 'getattr', global('sklearn', 'f'), str('a')))],
    [
      'a call of a method',
      whole(call('builtins', 'getattr', call('sklearn', 'A'), str('fit')), tuple(), 'REDUCE', 'EMPTY_TUPLE', 'REDUCE'),
    ],
    ['a call of a text', whole(str('os.system'), tuple(), 'REDUCE')],
    ['an instance of a text', whole(str('os'), 'EMPTY_TUPLE', 'NEWOBJ')],
    ['__newobj__ of a text', whole(call('copyreg', '__newobj__', str('os')))],
    ['__newobj__ of nothing', whole(call('copyreg', '__newobj__'))],
    ['_reconstructor of a text', whole(call('copyreg', '_reconstructor', str('os'), str('os'), ['NONE']))],
    [
      'an endless __newobj_ex__',
      whole(
        global('copyreg', '__newobj_ex__'),
        ['EMPTY_LIST', 'MEMOIZE', 'MARK', ...global('copyreg', '__newobj_ex__'), 'BINGET', u8(0), 'APPENDS'],
        'REDUCE',
      ),
    ],
  ]
  it.each(unsafe)('refuses %s', (_title, file) => {
    expect(refusal(file).code).toBe('UNSAFE_CONTENT')
  })

  it('keeps an allowed name as a record, whatever its arguments are', () => {
    const value = readPickle(whole(call('sklearn.utils', 'Bunch', str('import os'))))
    expect(value).toBeInstanceOf(PyObject)
    expect((value as PyObject).args).toEqual(['import os'])
  })

  it('says nothing longer than a screen about a long name', () => {
    expect(refusal(whole('GLOBAL', text(`os${'x'.repeat(4000)}\nsystem\n`))).message.length).toBeLessThan(600)
  })
})

describe('damage', () => {
  const damaged: readonly (readonly [string, Uint8Array])[] = [
    ['no bytes', new Uint8Array(0)],
    ['no STOP', pickle('NONE')],
    ['STOP on an empty stack', pickle('STOP')],
    ['a byte that is no opcode', whole(u8(0xff))],
    ['POP on an empty stack', whole('POP')],
    ['POP below a MARK', whole('NONE', 'MARK', 'POP', 'POP', 'POP')],
    ['a value taken from below a MARK', whole('NONE', 'MARK', 'TUPLE1')],
    ['TUPLE without MARK', whole('TUPLE')],
    ['an odd DICT', whole('MARK', 'NONE', 'DICT')],
    ['an odd SETITEMS', whole('EMPTY_DICT', 'MARK', 'NONE', 'SETITEMS')],
    ['APPEND to a text', whole(str('a'), 'NONE', 'APPEND')],
    ['SETITEM on a list', whole('EMPTY_LIST', 'NONE', 'NONE', 'SETITEM')],
    ['BUILD on a list', whole('EMPTY_LIST', 'NONE', 'BUILD')],
    ['BUILD on a name', whole(global('sklearn', 'x'), 'NONE', 'BUILD')],
    ['arguments that are no tuple', whole(global('sklearn', 'x'), 'NONE', 'REDUCE')],
    ['keywords that are no dict', whole(global('sklearn', 'x'), 'EMPTY_TUPLE', 'NONE', 'NEWOBJ_EX')],
    ['OBJ without a class', whole('MARK', 'OBJ')],
    ['a name that is no text', whole('NONE', 'NONE', 'STACK_GLOBAL')],
    ['an empty memo slot', whole('BINGET', u8(7))],
    ['a memo slot called __proto__', whole('GET', text('__proto__\n'))],
    ['a negative memo slot', whole('GET', text('-1\n'))],
    ['MEMOIZE of nothing', whole('MEMOIZE')],
    ['a name of 64 KB', whole('GLOBAL', text(`sklearn.${'x'.repeat(65536)}\nA\n`))],
    ['a line without end', pickle('UNICODE', text('abc'))],
    ['an INT that is none', whole('INT', text('12x\n'))],
    ['a FLOAT that is none', whole('FLOAT', text('0x10\n'))],
    ['a LONG that is none', whole('LONG', text('L\n'))],
    ['a STRING without quotes', whole('STRING', text('abc\n'))],
    ['UTF-8 that is none', whole('SHORT_BINUNICODE', u8(1), u8(0xff))],
    ['long UTF-8 that is none', whole('SHORT_BINUNICODE', u8(40), fill(40, 0xc0))],
    ['an escape beyond Unicode', whole('UNICODE', text('\\Uffffffff\n'))],
    ['a text of 4 GB', whole('BINUNICODE', u32(2 ** 32 - 1))],
    ['a text of 2^63 bytes', whole('BINUNICODE8', u64(2n ** 63n))],
    ['bytes of 4 GB', whole('BINBYTES', u32(2 ** 32 - 1))],
    ['bytes of 2^64', whole('BINBYTES8', u64(2n ** 64n - 1n))],
    ['a bytearray of 2^40', whole('BYTEARRAY8', u64(2n ** 40n))],
    ['a str of 4 GB', whole('BINSTRING', u32(2 ** 32 - 1))],
    ['a frame of 2^64 bytes', whole('FRAME', u64(2n ** 64n - 1n))],
    ['a frame one byte too long', pickle('FRAME', u64(3n), 'NONE', 'STOP')],
  ]
  it.each(damaged)('calls %s corrupt, and says where', (_title, file) => {
    const error = refusal(file)
    expect(error.code).toBe('FILE_CORRUPT')
    expect(error.message).toMatch(/at byte \d+/)
  })

  it('ends at every truncation of a small file', () => {
    const file = readFixture(fixtureFolders[0], 'sparse.plain.joblib')
    for (let length = 0; length < file.length; length++) {
      expect(refusal(file.subarray(0, length)).code).toBe('FILE_CORRUPT')
    }
  })

  it('ignores what follows STOP, as Python does', () => {
    expect(readPickle(join([whole('NEWTRUE'), fill(100, 0xff)]))).toBe(true)
  })
})

describe('limits', () => {
  const shared = ['EMPTY_LIST', 'MEMOIZE'] as const
  const passed: readonly (readonly [string, keyof typeof pickleLimits, Uint8Array])[] = [
    ['a LONG of a million digits', 'integerDigits', whole('LONG', text(`${'9'.repeat(1_000_000)}L\n`))],
    ['a LONG of 5000 digits', 'integerDigits', whole('LONG', text(`${'9'.repeat(5000)}L\n`))],
    ['an INT of 5000 digits', 'integerDigits', whole('INT', text(`${'9'.repeat(5000)}\n`))],
    ['a binary integer of 64 KB', 'integerByteLength', whole('LONG4', u32(65536), fill(65536, 1))],
    ['a binary integer of 4 GB', 'integerByteLength', whole('LONG4', u32(2 ** 32 - 1))],
    ['100,000 MARKs', 'markDepth', whole(fill(100_000, 0x28))],
    ['a memo slot of 2^32', 'memoEntries', whole('NONE', 'LONG_BINPUT', u32(2 ** 32 - 1))],
    ['a memo slot of 10^14', 'memoEntries', whole('NONE', 'PUT', text('100000000000000\n'))],
    ['five million NONEs', 'stackDepth', whole(fill(5_000_000, 0x4e))],
    ['a shape of 100 axes', 'arrayRank', whole(ndarray(tuple(...repeatInts(100, 1)), dtype('f8'), bytes()))],
    ['a shape of 2^62', 'arrayElementCount', whole(ndarray(tuple(long(2n ** 62n)), dtype('f8'), bytes()))],
    ['a shape whose product overflows', 'arrayElementCount', whole(ndarray(squares(), dtype('f8'), bytes()))],
    ['2^60 rows of nothing', 'arrayElementCount', whole(ndarray(tuple(int(0), long(2n ** 60n)), dtype('f8'), bytes()))],
    ['a joblib shape of 2^62', 'arrayElementCount', whole(joblibArray(tuple(long(2n ** 62n)), dtype('f8')))],
    ['a joblib shape whose product overflows', 'arrayElementCount', whole(joblibArray(squares(), dtype('f8')))],
    ['2^27 items of no bytes', 'replayFactor', whole(ndarray(tuple(int(2 ** 27)), emptyText(), bytes()))],
    [
      'a subarray of 2^27 items of no bytes in 2^20 records',
      'arrayElementCount',
      whole(ndarray(tuple(int(2 ** 20)), record([['a', sub(emptyText(), 2 ** 27), 0]], 0), bytes())),
    ],
    ['a dtype that contains itself', 'dtypeDepth', whole(ndarray(tuple(int(1)), selfDtype(), bytes()))],
    ['2000 fields', 'dtypeFieldCount', whole(ndarray(tuple(int(1)), manyFields(2000), bytes()))],
    ['16^6 nested fields of no bytes', 'dtypeFieldCount', whole(ndarray(tuple(int(0)), laughing(6), bytes()))],
    ['one megabyte decoded 1000 times', 'replayFactor', replayed(1000)],
    ['one text encoded 1000 times', 'replayFactor', reencoded(1000)],
    ['one list made a set 1000 times', 'replayFactor', resets(1000)],
  ]
  it.each(passed)('stops at %s', (_title, limit, file) => {
    const error = refusal(file)
    expect(error.code).toBe('LIMIT_EXCEEDED')
    expect(error.message).toContain(limit)
    expect(error.details).toMatchObject({ limit, allowed: pickleLimits[limit] })
  })

  it.each(['inputByteLength', 'opcodeCount', 'objectCount', 'stackDepth', 'stringByteLength'] as const)(
    'obeys a caller who lowers %s',
    (limit) => {
      const file = whole('EMPTY_LIST', str('some text'), 'APPEND')
      expect(refusal(file, { [limit]: 0 }).details).toMatchObject({ limit, allowed: 0 })
    },
  )

  it('stops at a million empty dicts, each thrown away at once', () => {
    const file = whole(repeatBytes(1_000_001, 0x7d, 0x30), 'NONE')
    expect(refusal(file, { objectCount: 1_000_000 }).details).toMatchObject({ limit: 'objectCount', found: 1_000_001 })
  })

  it('refuses a limit that does not exist', () => {
    const file = whole('NONE')
    expect(refusal(file, { memoSize: 3 } as object).code).toBe('INPUT_INVALID')
    expect(refusal(file, { stackDepth: Number.NaN }).code).toBe('INPUT_INVALID')
  })

  it('reads a list of itself, a thousand million shared lists, and a depth of a million', () => {
    const own = readPickle(whole(...shared, 'BINGET', u8(0), 'APPEND')) as PyValue[]
    expect(own[0]).toBe(own)
    // Each list holds the one before ten times: 10^60 leaves in 60 records.
    const laughs = Array.from({ length: 60 }, (_none, i) => [
      'MARK' as const,
      ...repeat(10, 'BINGET', u8(i)),
      'LIST' as const,
      'MEMOIZE' as const,
    ])
    expect(readPickle(whole(...shared, laughs.flat()))).toHaveLength(10)
    expect(readPickle(whole('EMPTY_LIST', fill(1_000_000, 0x85)))).toHaveLength(1)
  })
})

describe('arrays', () => {
  const one = tuple(int(1))
  const eight = bytes(0, 0, 0, 0, 0, 0, 0, 0)
  const wrong: readonly (readonly [string, ErrorCode, Uint8Array])[] = [
    ['a negative shape', 'FILE_CORRUPT', whole(ndarray(tuple(int(-1)), dtype('f8'), bytes()))],
    [
      'a fractional shape',
      'FILE_CORRUPT',
      whole(ndarray(tuple(['BINFLOAT', u64(0x000000000000f83fn)]), dtype('f8'), bytes())),
    ],
    ['a shape of text', 'FILE_CORRUPT', whole(ndarray(tuple(str('3')), dtype('f8'), bytes()))],
    ['no shape', 'FILE_CORRUPT', whole(ndarray(['NONE'], dtype('f8'), bytes()))],
    ['too few bytes', 'FILE_CORRUPT', whole(ndarray(one, dtype('f8'), bytes(1, 2, 3)))],
    ['too many bytes', 'FILE_CORRUPT', whole(ndarray(one, dtype('i1'), bytes(1, 2, 3)))],
    ['numbers in place of bytes', 'FILE_CORRUPT', whole(ndarray(one, dtype('f8'), int(1)))],
    ['a list for floats', 'FILE_CORRUPT', whole(ndarray(one, dtype('f8'), ['EMPTY_LIST']))],
    ['bytes for objects', 'FILE_CORRUPT', whole(ndarray(one, dtype('O'), eight))],
    ['too few objects', 'FILE_CORRUPT', whole(ndarray(one, dtype('O'), ['EMPTY_LIST']))],
    [
      'a text beyond Unicode',
      'FILE_CORRUPT',
      whole(ndarray(one, dtype('U', { itemByteLength: 4 }), bytes(0, 0, 0, 255))),
    ],
    ['beyond latin1', 'FILE_CORRUPT', whole(call('_codecs', 'encode', ['UNICODE', text('\\u0100\n')], str('latin1')))],
    ['another codec', 'UNSUPPORTED', whole(call('_codecs', 'encode', str('x'), str('zlib')))],
    ['no dtype', 'FILE_CORRUPT', whole(ndarray(one, ['NONE'], eight))],
    ['a dtype without letter', 'UNSUPPORTED', whole(ndarray(one, dtype('8'), eight))],
    ['a dtype of 3 bytes', 'UNSUPPORTED', whole(ndarray(one, dtype('i3'), bytes(1, 2, 3)))],
    ['an unknown dtype', 'UNSUPPORTED', whole(ndarray(one, dtype('q8'), eight))],
    ['a dtype with two states', 'FILE_CORRUPT', whole(dtype('f8'), 'EMPTY_TUPLE', 'BUILD')],
    [
      'a dtype with a strange state',
      'FILE_CORRUPT',
      whole(ndarray(one, [...call('numpy', 'dtype', str('f8')), 'NONE', 'BUILD'], eight)),
    ],
    [
      'a dtype of another version',
      'UNSUPPORTED',
      whole(ndarray(one, [...call('numpy', 'dtype', str('f8')), ...tuple(int(9)), 'BUILD'], eight)),
    ],
    ['text of 3 bytes', 'FILE_CORRUPT', whole(ndarray(one, dtype('U', { itemByteLength: 3 }), bytes(1, 2, 3)))],
    ['an item of -5 bytes', 'FILE_CORRUPT', whole(ndarray(one, dtype('V', { itemByteLength: -5 }), bytes()))],
    ['a field beyond its record', 'FILE_CORRUPT', whole(ndarray(one, record([['a', dtype('f8'), 4]], 8), eight))],
    ['a field before its record', 'FILE_CORRUPT', whole(ndarray(one, record([['a', dtype('f8'), -8]], 8), eight))],
    [
      'a field in a record of 0 bytes',
      'FILE_CORRUPT',
      whole(ndarray(one, record([['a', dtype('i1'), 0]], 0), bytes())),
    ],
    [
      'overlapping fields',
      'UNSUPPORTED',
      whole(
        ndarray(
          one,
          record(
            [
              ['a', dtype('f8'), 0],
              ['b', dtype('f4'), 4],
            ],
            8,
          ),
          eight,
        ),
      ),
    ],
    [
      'a field without entry',
      'FILE_CORRUPT',
      whole(ndarray(one, dtype('V', { names: tuple(str('a')), fields: ['EMPTY_DICT'], itemByteLength: 8 }), eight)),
    ],
    [
      'no field table',
      'FILE_CORRUPT',
      whole(ndarray(one, dtype('V', { names: tuple(str('a')), itemByteLength: 8 }), eight)),
    ],
    ['an array state of nothing', 'FILE_CORRUPT', whole(ndarray(one, dtype('f8'), eight), 'NONE', 'BUILD')],
    [
      'a scalar of too few bytes',
      'FILE_CORRUPT',
      whole(call('numpy.core.multiarray', 'scalar', dtype('f8'), bytes(1))),
    ],
    ['a scalar without dtype', 'FILE_CORRUPT', whole(call('numpy.core.multiarray', 'scalar'))],
    ['a buffer without arguments', 'FILE_CORRUPT', whole(call('numpy.core.numeric', '_frombuffer'))],
    ['a buffer outside the file', 'UNSUPPORTED', whole('NEXT_BUFFER')],
    ['a read-only buffer', 'UNSUPPORTED', whole('READONLY_BUFFER')],
    ['a protocol of the future', 'UNSUPPORTED', pickle('PROTO', u8(6), 'NONE', 'STOP')],
    ['a joblib array of 1 GB in nothing', 'FILE_CORRUPT', whole(joblibArray(tuple(int(2 ** 27)), dtype('f8')))],
    ['a negative joblib shape', 'FILE_CORRUPT', whole(joblibArray(tuple(int(-3)), dtype('f8')))],
    ['joblib padding beyond the file', 'FILE_CORRUPT', whole(joblibArray(one, dtype('f8'), int(16)), u8(255))],
    [
      'a joblib array without state',
      'FILE_CORRUPT',
      whole(global('joblib.numpy_pickle', 'NumpyArrayWrapper'), 'EMPTY_TUPLE', 'NEWOBJ', 'NONE', 'BUILD'),
    ],
    ['joblib objects that are no array', 'FILE_CORRUPT', whole(joblibArray(one, dtype('O')), whole('NONE'))],
    ['joblib objects that do not end', 'FILE_CORRUPT', pickle(joblibArray(one, dtype('O')), 'PROTO', u8(4))],
    [
      'joblib objects that run code',
      'UNSAFE_CONTENT',
      whole(joblibArray(one, dtype('O')), whole(global('os', 'system'))),
    ],
    [
      'a joblib side file',
      'UNSUPPORTED',
      whole(global('joblib.numpy_pickle', 'NDArrayWrapper'), 'EMPTY_TUPLE', 'NEWOBJ', 'EMPTY_DICT', 'BUILD'),
    ],
    [
      'a compressed joblib side file',
      'UNSUPPORTED',
      whole(global('joblib.numpy_pickle', 'ZNDArrayWrapper'), 'EMPTY_TUPLE', 'NEWOBJ', 'EMPTY_DICT', 'BUILD'),
    ],
  ]
  it.each(wrong)('refuses %s as %s', (_title, code, file) => {
    expect(refusal(file).code).toBe(code)
  })

  it('leaves a joblib wrapper inside a nested pickle a record, so that nesting has no depth', () => {
    const inner = whole(ndarray(one, dtype('O'), ['EMPTY_LIST', ...joblibArray(one, dtype('O')), 'APPEND']))
    const value = readPickle(whole(joblibArray(one, dtype('O')), inner)) as NdArray
    expect(value.values[0]).toBeInstanceOf(PyObject)
  })

  it('reads joblib files from before the padding', () => {
    const value = readPickle(whole(joblibArray(one, dtype('f8')), new Uint8Array(Float64Array.of(2.5).buffer)))
    expect((value as NdArray).values).toEqual(Float64Array.of(2.5))
  })

  it('reads arrays of Python 2, whose bytes are texts', () => {
    const python2 = whole(ndarray(one, dtype('i2'), ['SHORT_BINSTRING', u8(2), u8(0xff), u8(0x7f)]))
    expect((readPickle(python2) as NdArray).values).toEqual(Int32Array.of(0x7fff))
  })

  it('keeps an object array that holds itself', () => {
    const self = readPickle(
      whole(
        call('numpy._core.multiarray', '_reconstruct', global('numpy', 'ndarray'), tuple(int(0)), bytes(98)),
        'MEMOIZE',
        tuple(int(1), one, dtype('O'), ['NEWFALSE'], ['EMPTY_LIST', 'BINGET', u8(0), 'APPEND']),
        'BUILD',
      ),
    ) as NdArray
    expect(self.values[0]).toBe(self)
  })
})

describe('keys', () => {
  it('stores __proto__ and constructor as plain keys', () => {
    const key = (name: string): Part[] => [...str(name), 'EMPTY_DICT', ...str('polluted'), 'NEWTRUE', 'SETITEM']
    const dict = readPickle(whole('EMPTY_DICT', 'MARK', key('__proto__'), key('constructor'), 'SETITEMS')) as PyDict
    expect(dict.entries.map(([name]) => name)).toEqual(['__proto__', 'constructor'])
    expect('polluted' in {}).toBe(false)
    const array = readPickle(
      whole(ndarray(tuple(int(1)), record([['__proto__', dtype('i1'), 0]], 1), bytes(7))),
    ) as NdArray
    expect(array.fields?.get('__proto__')?.values).toEqual(Int32Array.of(7))
  })

  it('needs no hash of a key or of an item of a set', () => {
    const dict = readPickle(whole('EMPTY_DICT', 'MEMOIZE', 'BINGET', u8(0), 'NONE', 'SETITEM')) as PyDict
    expect(dict.entries[0][0]).toBe(dict)
    expect(() => readPickle(whole('MARK', 'EMPTY_LIST', 'EMPTY_DICT', 'FROZENSET'))).not.toThrow()
  })
})

describe('compression', () => {
  const plain = readFixture(fixtureFolders[0], 'sparse.plain.joblib')
  const bomb = new Uint8Array(48 * 2 ** 20)

  it.each([
    ['zlib', zlibSync(bomb)],
    ['gzip', gzipSync(bomb)],
  ])('stops a %s bomb by its ratio', (_name, file) => {
    expect(refusal(file, { inflationFreeByteLength: 2 ** 25 }).details).toMatchObject({ limit: 'inflationRatio' })
  })

  it('stops at the inflated length', () => {
    expect(refusal(zlibSync(plain), { inflatedByteLength: 100 }).details).toMatchObject({ limit: 'inflatedByteLength' })
  })

  it.each([
    ['bz2', [0x42, 0x5a, 0x68, 0x39]],
    ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]],
    ['lzma', [0x5d, 0, 0, 0x80]],
    ['lz4', [0x04, 0x22, 0x4d, 0x18]],
    ['zlib', [0x5a, 0x46, 0x30]],
  ])('calls a %s file that ends in its header damaged', (name, magic) => {
    const error = refusal(Uint8Array.from(magic))
    expect(error.code).toBe('FILE_CORRUPT')
    expect(error.message).toContain(name)
  })

  it('refuses zip by name, with advice', () => {
    const error = refusal(Uint8Array.of(0x50, 0x4b, 0x03, 0x04))
    expect(error.code).toBe('UNSUPPORTED')
    expect(error.message).toMatch(/zip.*joblib\.dump/)
  })

  it.each([
    ['zlib', zlibSync(plain)],
    ['gzip', gzipSync(plain)],
    ['gzip with every optional header part', fullGzip(plain)],
  ])('finds every truncation and every flipped byte of %s', (_name, file) => {
    expect(() => readPickle(file)).not.toThrow()
    for (let i = 1; i < file.length; i++) expect(refusal(file.subarray(0, i)).code).toBe('FILE_CORRUPT')
    for (let i = file.length - 60; i < file.length; i++) {
      const flipped = file.slice()
      flipped[i] ^= 0x10
      expect(refusal(flipped).code).toBe('FILE_CORRUPT')
    }
  })

  it('does not copy a long tail again and again', () => {
    expect(refusal(join([zlibSync(plain), new Uint8Array(64 * 2 ** 20)])).code).toBe('FILE_CORRUPT')
  })

  it('refuses a preset dictionary', () => {
    expect(refusal(zlibSync(plain, { dictionary: plain })).message).toContain('dictionary')
  })
})

function repeatBytes(count: number, ...codes: readonly number[]): Uint8Array {
  return new Uint8Array(count * codes.length).map((_zero, i) => codes[i % codes.length])
}

function repeatInts(count: number, value: number): Part[][] {
  return Array.from({ length: count }, () => int(value))
}

/** (2^31 - 1) four times, whose product is near 2^124. */
function squares(): Part[] {
  return tuple(...repeatInts(4, 2 ** 27))
}

function emptyText(): Part[] {
  return dtype('U', { itemByteLength: 0 })
}

function sub(base: readonly Part[], count: number): Part[] {
  return dtype('V', { subarray: tuple(base, tuple(int(count))), itemByteLength: 0 })
}

function selfDtype(): Part[] {
  return [
    ...call('numpy', 'dtype', str('V8'), ['NEWFALSE'], ['NEWTRUE']),
    'MEMOIZE',
    ...tuple(int(3), str('|'), tuple(['BINGET', u8(0)], tuple(int(1))), ['NONE'], ['NONE'], int(0), int(-1), int(0)),
    'BUILD',
  ]
}

function manyFields(count: number): Part[] {
  const empty: Part[] = [...emptyText(), 'MEMOIZE', 'POP']
  const fields = Array.from({ length: count }, (_none, i) => [`f${i}`, ['BINGET', u8(0)] as Part[], 0] as const)
  return [...empty, ...record(fields, 0)]
}

/** Records of 16 fields whose dtype is the record before: 16^levels leaves in a few hundred bytes. */
function laughing(levels: number): Part[] {
  const parts: Part[] = [...emptyText(), 'MEMOIZE']
  for (let level = 0; level < levels; level++) {
    const fields = Array.from({ length: 16 }, (_none, i) => [`f${i}`, ['BINGET', u8(level)] as Part[], 0] as const)
    parts.push('POP', ...record(fields, 0), 'MEMOIZE')
  }
  return parts
}

function replayed(count: number): Uint8Array {
  const array = ndarray(tuple(int(2 ** 20)), dtype('i1'), ['BINGET', u8(0)])
  return whole('BINBYTES', u32(2 ** 20), new Uint8Array(2 ** 20), 'MEMOIZE', 'POP', repeat(count, ...array, 'POP'))
}

function reencoded(count: number): Uint8Array {
  const again = call('_codecs', 'encode', ['BINGET', u8(0)], str('latin1'))
  return whole('BINUNICODE', u32(2 ** 20), new Uint8Array(2 ** 20), 'MEMOIZE', 'POP', repeat(count, ...again, 'POP'))
}

function resets(count: number): Uint8Array {
  const again = call('builtins', 'set', ['BINGET', u8(0)])
  return whole('MARK', fill(2 ** 20, 0x4e), 'LIST', 'MEMOIZE', 'POP', repeat(count, ...again, 'POP'))
}

/** RFC 1952 with extra field, name, comment and header checksum. */
function fullGzip(content: Uint8Array): Uint8Array {
  const trailer = gzipSync(content).slice(-8)
  const header = Uint8Array.of(0x1f, 0x8b, 8, 4 + 8 + 16 + 2, 0, 0, 0, 0, 0, 255, 2, 0, 9, 9, 65, 0, 66, 0, 7, 7)
  return join([header, deflateSync(content), trailer])
}
