// A pickle stream in, the value it describes out; opcodes move inert records about, and none of them can call anything.
import { isAllowedGlobal } from './allow-list.ts'
import { construct, setArrayState } from './construction.ts'
import { isDtypeRecord } from './dtype.ts'
import { isJoblibArray, isJoblibSideFile, readJoblibArray } from './joblib-array.ts'
import { readLiteral, toAscii } from './literals.ts'
import { opcodeName, opcodes } from './opcodes.ts'
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
      const literal = readLiteral(opcode, source)
      if (literal !== undefined) this.#push(literal)
      else if (!this.#runStack(opcode) && !this.#runContainer(opcode) && !this.#runObject(opcode)) {
        throw source.corrupt('this is not a pickle opcode')
      }
    }
  }

  /** Opcodes of the stack, the memo and the stream; false where `opcode` is none of them. */
  #runStack(opcode: number): boolean {
    const source = this.#source
    switch (opcode) {
      case opcodes.PROTO: {
        const protocol = source.takeUint8()
        if (protocol > 5) throw source.unsupported(`protocol ${protocol} is newer than 5`)
        return true
      }
      case opcodes.FRAME: {
        // Frames only help Python to read ahead; joblib closes them before raw bytes.
        const byteLength = source.takeUint64()
        if (byteLength <= source.remainingByteLength) return true
        throw source.corrupt(
          `a frame of ${byteLength} bytes is said to follow and ${source.remainingByteLength} remain`,
        )
      }
      case opcodes.MARK:
        if (this.#marks.length >= source.limits.markDepth) throw source.exceeded('markDepth', this.#marks.length + 1)
        this.#marks.push(this.#stack.length)
        return true
      case opcodes.POP:
        // As in CPython, a POP right after a MARK takes the mark.
        if (this.#marks.length > 0 && this.#marks[this.#marks.length - 1] === this.#stack.length) this.#marks.pop()
        else this.#pop()
        return true
      case opcodes.POP_MARK:
        this.#popMark()
        return true
      case opcodes.DUP:
        this.#push(this.#top())
        return true
      case opcodes.MEMOIZE:
        this.#put(this.#memoCount)
        return true
      case opcodes.PUT:
        this.#put(this.#takeSlot())
        return true
      case opcodes.BINPUT:
        this.#put(source.takeUint8())
        return true
      case opcodes.LONG_BINPUT:
        this.#put(source.takeUint32())
        return true
      case opcodes.GET:
        this.#get(this.#takeSlot())
        return true
      case opcodes.BINGET:
        this.#get(source.takeUint8())
        return true
      case opcodes.LONG_BINGET:
        this.#get(source.takeUint32())
        return true
      default:
        return false
    }
  }

  /** Opcodes of tuples, lists, dicts and sets. */
  #runContainer(opcode: number): boolean {
    switch (opcode) {
      case opcodes.EMPTY_TUPLE:
      case opcodes.EMPTY_LIST:
        this.#pushNew([])
        return true
      case opcodes.EMPTY_DICT:
        this.#pushNew(new PyDict())
        return true
      case opcodes.EMPTY_SET:
        this.#pushNew(new PySet())
        return true
      case opcodes.TUPLE1:
        this.#pushNew([this.#pop()])
        return true
      case opcodes.TUPLE2: {
        const second = this.#pop()
        this.#pushNew([this.#pop(), second])
        return true
      }
      case opcodes.TUPLE3: {
        const third = this.#pop()
        const second = this.#pop()
        this.#pushNew([this.#pop(), second, third])
        return true
      }
      case opcodes.TUPLE:
      case opcodes.LIST:
        this.#pushNew(this.#popMark())
        return true
      case opcodes.DICT: {
        const dict = new PyDict()
        this.#addEntries(dict, this.#popMark())
        this.#pushNew(dict)
        return true
      }
      case opcodes.FROZENSET: {
        const set = new PySet()
        this.#addItems(set, this.#popMark())
        this.#pushNew(set)
        return true
      }
      case opcodes.APPEND: {
        const item = this.#pop()
        this.#addItems(this.#top(), [item])
        return true
      }
      case opcodes.APPENDS:
      case opcodes.ADDITEMS: {
        const items = this.#popMark()
        this.#addItems(this.#top(), items)
        return true
      }
      case opcodes.SETITEM: {
        const value = this.#pop()
        const key = this.#pop()
        this.#addEntries(this.#top(), [key, value])
        return true
      }
      case opcodes.SETITEMS: {
        const keysAndValues = this.#popMark()
        this.#addEntries(this.#top(), keysAndValues)
        return true
      }
      default:
        return false
    }
  }

  /** Opcodes that name, make or fill objects, and those that never belong into a model file. */
  #runObject(opcode: number): boolean {
    const source = this.#source
    switch (opcode) {
      case opcodes.GLOBAL:
        this.#pushNew(this.#takeGlobal())
        return true
      case opcodes.STACK_GLOBAL: {
        const name = this.#pop()
        const module = this.#pop()
        if (typeof module !== 'string' || typeof name !== 'string') throw source.corrupt('a name is not text')
        this.#pushNew(this.#toGlobal(module, name))
        return true
      }
      case opcodes.REDUCE:
      case opcodes.NEWOBJ: {
        const args = this.#pop()
        this.#push(construct(this.#pop(), args, source))
        return true
      }
      case opcodes.NEWOBJ_EX: {
        const keywords = this.#pop()
        const args = this.#pop()
        if (!(keywords instanceof PyDict)) throw source.corrupt('keyword arguments are not a dict')
        const object = construct(this.#pop(), args, source)
        if (keywords.entries.length > 0 && object instanceof PyObject) object.keywords = keywords
        this.#push(object)
        return true
      }
      case opcodes.INST: {
        const type = this.#takeGlobal()
        this.#push(construct(type, this.#popMark(), source))
        return true
      }
      case opcodes.OBJ: {
        const [type, ...args] = this.#popMark()
        if (type === undefined) throw source.corrupt('an object has no class')
        this.#push(construct(type, args, source))
        return true
      }
      case opcodes.BUILD: {
        const state = this.#pop()
        this.#build(this.#pop(), state)
        return true
      }
      case opcodes.PERSID:
      case opcodes.BINPERSID:
        throw source.unsafe(`${opcodeName(opcode)} asks for an object outside the file`)
      case opcodes.EXT1:
      case opcodes.EXT2:
      case opcodes.EXT4:
        throw source.unsafe(`${opcodeName(opcode)} asks for an entry of Python's extension registry`)
      case opcodes.NEXT_BUFFER:
      case opcodes.READONLY_BUFFER:
        throw source.unsupported('a buffer lies outside the file (pickled with buffer_callback); dump it without one')
      default:
        return false
    }
  }

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
    const module = toAscii(this.#source.takeLine(), this.#source)
    return this.#toGlobal(module, toAscii(this.#source.takeLine(), this.#source))
  }

  #toGlobal(module: string, name: string): PyGlobal {
    if (isAllowedGlobal(module, name)) return new PyGlobal(module, name)
    throw this.#source.unsafe(
      `it names ${`${module}.${name}`.slice(0, 200)}, which a fitted model of a known library does not need. ` +
        'A function or class of your own cannot be converted: take that step out and do it before or after the model',
    )
  }

  #takeSlot(): number {
    const text = toAscii(this.#source.takeLine(), this.#source)
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
    this.#stack.length--
    return value
  }

  /** Everything above the last MARK, which goes too. */
  #popMark(): PyValue[] {
    const mark = this.#marks.pop()
    if (mark === undefined) throw this.#source.corrupt('there is no MARK')
    return this.#stack.splice(mark)
  }
}
