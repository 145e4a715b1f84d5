// A pickle stream in, the value it describes out; opcodes move inert records about, and none of them can call anything.
import { isAllowedGlobal, isMethodGetter } from './allow-list.ts'
import { construct, setArrayState } from './construction.ts'
import { isDtypeRecord } from './dtype.ts'
import { isJoblibArray, isJoblibSideFile, readJoblibArray } from './joblib-array.ts'
import { literalReaders, takeShortLine } from './literals.ts'
import { byOpcode, opcodes } from './opcodes.ts'
import type { PickleSource } from './pickle-source.ts'
import { NdArray, PyDict, PyGlobal, PyObject, PySet, type PyValue } from './values.ts'

/** The value of the pickle at the source's position, which ends up behind its STOP. */
export function runPickle(source: PickleSource): PyValue {
  return new PickleMachine(source, false).run()
}

class PickleMachine {
  readonly #source: PickleSource
  /** True inside the array of a joblib file: joblib writes that as a plain pickle, so raw bytes never follow in there. */
  readonly #isNested: boolean
  readonly #stack: PyValue[] = []
  /** Stack heights at the open MARKs. */
  readonly #marks: number[] = []
  readonly #memo: PyValue[] = []
  #memoCount = 0

  constructor(source: PickleSource, isNested: boolean) {
    this.#source = source
    this.#isNested = isNested
  }

  run(): PyValue {
    const source = this.#source
    for (;;) {
      const opcode = source.takeOpcode()
      if (opcode === opcodes.STOP) return this.#pop()
      const readLiteral = literalReaders[opcode]
      if (readLiteral !== undefined) {
        this.#push(readLiteral(source))
        continue
      }
      const step = PickleMachine.#steps[opcode]
      if (step === undefined) throw source.corrupt('this is not a pickle opcode')
      step(this, source)
    }
  }

  static readonly #steps = byOpcode<(machine: PickleMachine, source: PickleSource) => void>({
    PROTO: (_machine, source) => {
      const protocol = source.takeUint8()
      if (protocol > 5) throw source.unsupported(`protocol ${protocol} is newer than 5`)
    },
    FRAME: (_machine, source) => {
      // Frames only help Python to read ahead; joblib closes them before raw bytes.
      const byteLength = source.takeUint64()
      if (byteLength <= source.remainingByteLength) return
      throw source.corrupt(`a frame of ${byteLength} bytes is said to follow and ${source.remainingByteLength} remain`)
    },

    MARK: (machine, source) => {
      const { length } = machine.#marks
      if (length >= source.limits.markDepth) throw source.exceeded('markDepth', length + 1)
      machine.#marks.push(machine.#stack.length)
    },
    POP: (machine) => {
      // As in CPython, a POP right after a MARK takes the mark.
      if (machine.#marks.at(-1) === machine.#stack.length) machine.#marks.pop()
      else machine.#pop()
    },
    POP_MARK: (machine) => void machine.#popMark(),
    DUP: (machine) => machine.#push(machine.#top()),
    MEMOIZE: (machine) => machine.#put(machine.#memoCount),
    PUT: (machine) => machine.#put(machine.#takeSlot()),
    BINPUT: (machine, source) => machine.#put(source.takeUint8()),
    LONG_BINPUT: (machine, source) => machine.#put(source.takeUint32()),
    GET: (machine) => machine.#get(machine.#takeSlot()),
    BINGET: (machine, source) => machine.#get(source.takeUint8()),
    LONG_BINGET: (machine, source) => machine.#get(source.takeUint32()),

    EMPTY_TUPLE: (machine) => machine.#pushNew([]),
    EMPTY_LIST: (machine) => machine.#pushNew([]),
    EMPTY_DICT: (machine) => machine.#pushNew(new PyDict()),
    EMPTY_SET: (machine) => machine.#pushNew(new PySet()),
    TUPLE1: (machine) => machine.#pushNew([machine.#pop()]),
    TUPLE2: (machine) => {
      const second = machine.#pop()
      machine.#pushNew([machine.#pop(), second])
    },
    TUPLE3: (machine) => {
      const third = machine.#pop()
      const second = machine.#pop()
      machine.#pushNew([machine.#pop(), second, third])
    },
    TUPLE: (machine) => machine.#pushNew(machine.#popMark()),
    LIST: (machine) => machine.#pushNew(machine.#popMark()),
    DICT: (machine) => {
      const dict = new PyDict()
      machine.#addEntries(dict, machine.#popMark())
      machine.#pushNew(dict)
    },
    FROZENSET: (machine) => {
      const set = new PySet()
      machine.#addItems(set, machine.#popMark())
      machine.#pushNew(set)
    },
    APPEND: (machine) => {
      const item = machine.#pop()
      machine.#addItems(machine.#top(), [item])
    },
    APPENDS: (machine) => {
      const items = machine.#popMark()
      machine.#addItems(machine.#top(), items)
    },
    ADDITEMS: (machine) => {
      const items = machine.#popMark()
      machine.#addItems(machine.#top(), items)
    },
    SETITEM: (machine) => {
      const value = machine.#pop()
      const key = machine.#pop()
      machine.#addEntries(machine.#top(), [key, value])
    },
    SETITEMS: (machine) => {
      const keysAndValues = machine.#popMark()
      machine.#addEntries(machine.#top(), keysAndValues)
    },

    GLOBAL: (machine) => machine.#pushNew(machine.#takeGlobal()),
    STACK_GLOBAL: (machine, source) => {
      const name = machine.#pop()
      const module = machine.#pop()
      if (typeof module !== 'string' || typeof name !== 'string') throw source.corrupt('a name is not text')
      machine.#pushNew(machine.#toGlobal(module, name))
    },
    REDUCE: (machine, source) => {
      const args = machine.#pop()
      machine.#push(construct(machine.#pop(), args, source))
    },
    NEWOBJ: (machine, source) => {
      const args = machine.#pop()
      machine.#push(construct(machine.#pop(), args, source))
    },
    NEWOBJ_EX: (machine, source) => {
      const keywords = machine.#pop()
      const args = machine.#pop()
      if (!(keywords instanceof PyDict)) throw source.corrupt('keyword arguments are not a dict')
      const object = construct(machine.#pop(), args, source)
      if (keywords.entries.length > 0 && object instanceof PyObject) object.keywords = keywords
      machine.#push(object)
    },
    INST: (machine, source) => {
      const type = machine.#takeGlobal()
      machine.#push(construct(type, machine.#popMark(), source))
    },
    OBJ: (machine, source) => {
      const [type, ...args] = machine.#popMark()
      if (type === undefined) throw source.corrupt('an object has no class')
      machine.#push(construct(type, args, source))
    },
    BUILD: (machine) => {
      const state = machine.#pop()
      machine.#build(machine.#pop(), state)
    },

    PERSID: (_machine, source) => refuseReference(source),
    BINPERSID: (_machine, source) => refuseReference(source),
    EXT1: (_machine, source) => refuseReference(source),
    EXT2: (_machine, source) => refuseReference(source),
    EXT4: (_machine, source) => refuseReference(source),
    NEXT_BUFFER: (_machine, source) => refuseBuffer(source),
    READONLY_BUFFER: (_machine, source) => refuseBuffer(source),
  })

  #build(target: PyValue, state: PyValue): void {
    const source = this.#source
    if (target instanceof NdArray) {
      setArrayState(target, state, source)
      this.#push(target)
      return
    }
    if (!(target instanceof PyObject)) throw source.corrupt('a state is given to something that has none')
    if (isJoblibSideFile(target)) {
      throw source.unsupported(
        'the arrays lie in .npy files beside this one (joblib before 0.10); ' +
          'load it in Python and dump it again with a newer joblib: joblib.dump(model, path, compress=3)',
      )
    }
    if (isJoblibArray(target) && !this.#isNested) {
      this.#push(readJoblibArray(state, source, () => new PickleMachine(source, true).run()))
      return
    }
    // Arrays may have used a dtype already: one that changes afterwards is no real one.
    if (isDtypeRecord(target) && (target.state !== undefined || source.dtypes.has(target))) {
      throw source.corrupt('a numpy.dtype gets its state twice')
    }
    target.state = state
    this.#push(target)
  }

  #addItems(target: PyValue, items: readonly PyValue[]): void {
    const list = Array.isArray(target)
      ? target
      : target instanceof PySet || target instanceof PyObject
        ? target.items
        : undefined
    if (list === undefined) throw this.#source.corrupt('items are given to something that holds none')
    for (const item of items) list.push(item)
  }

  #addEntries(target: PyValue, keysAndValues: readonly PyValue[]): void {
    if (!(target instanceof PyDict || target instanceof PyObject)) {
      throw this.#source.corrupt('entries are given to something that is not a dict')
    }
    if (keysAndValues.length % 2 !== 0) throw this.#source.corrupt('a key has no value')
    this.#source.countObjects(keysAndValues.length / 2)
    for (let i = 0; i < keysAndValues.length; i += 2) target.entries.push([keysAndValues[i], keysAndValues[i + 1]])
  }

  #takeGlobal(): PyGlobal {
    const module = takeShortLine(this.#source)
    return this.#toGlobal(module, takeShortLine(this.#source))
  }

  #toGlobal(module: string, name: string): PyGlobal {
    if (isAllowedGlobal(module, name) || isMethodGetter(module, name)) return new PyGlobal(module, name)
    throw this.#source.unsafe(
      `it names ${`${module}.${name}`.slice(0, 200)}, which is none of the classes that convertible models consist of. ` +
        'A function, a class of your own or of another library has to stay in Python: take that step out of the model',
    )
  }

  #takeSlot(): number {
    const text = takeShortLine(this.#source)
    if (!/^\d{1,15}$/.test(text)) throw this.#source.corrupt('a memo slot is not a number')
    return Number(text)
  }

  #put(slot: number): void {
    if (slot >= this.#source.limits.memoEntries) throw this.#source.exceeded('memoEntries', slot)
    if (this.#memo[slot] === undefined) this.#memoCount++
    this.#memo[slot] = this.#top()
  }

  #get(slot: number): void {
    const value = this.#memo[slot]
    if (value === undefined) throw this.#source.corrupt(`memo slot ${slot} is empty`)
    this.#push(value)
  }

  #pushNew(container: PyValue): void {
    this.#source.countObjects(1)
    this.#push(container)
  }

  #push(value: PyValue): void {
    if (this.#stack.length >= this.#source.limits.stackDepth) {
      throw this.#source.exceeded('stackDepth', this.#stack.length + 1)
    }
    this.#stack.push(value)
  }

  #top(): PyValue {
    const floor = this.#marks.length > 0 ? this.#marks[this.#marks.length - 1] : 0
    if (this.#stack.length <= floor) throw this.#source.corrupt('the stack is empty')
    return this.#stack[this.#stack.length - 1]
  }

  #pop(): PyValue {
    const value = this.#top()
    this.#stack.pop()
    return value
  }

  /** Everything above the last MARK, which goes too. */
  #popMark(): PyValue[] {
    const mark = this.#marks.pop()
    if (mark === undefined) throw this.#source.corrupt('there is no MARK')
    return this.#stack.splice(mark)
  }
}

function refuseReference(source: PickleSource): never {
  throw source.unsafe('it asks for an object that only the Python process that wrote it knows')
}

function refuseBuffer(source: PickleSource): never {
  throw source.unsupported('a buffer lies outside the file (pickled with buffer_callback); dump it without one')
}
