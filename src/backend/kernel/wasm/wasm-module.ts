// Functions in, the bytes of a WebAssembly module with one imported memory out.

import {
  type Code,
  type Expression,
  expression,
  flatten,
  type Statement,
  statement,
  type ValueType,
  valueTypeByte,
} from './expression.ts'
import { unsignedLeb } from './leb128.ts'
import { createLocal, type Local } from './local.ts'

export type Signature<Params extends readonly ValueType[] = readonly ValueType[]> = {
  readonly params: Params
  readonly result?: ValueType
  /** Name under which it is exported; absent for what only other functions call. */
  readonly exportName?: string
}

type LocalsOf<Params extends readonly ValueType[]> = { readonly [Index in keyof Params]: Local<Params[Index]> }
type ArgumentsOf<Params extends readonly ValueType[]> = { readonly [Index in keyof Params]: Expression<Params[Index]> }

/** A function of the module, as others of it call it. */
export type WasmFunction<Params extends readonly ValueType[] = readonly ValueType[]> = {
  /** For functions without a result. */
  call(...args: ArgumentsOf<Params>): Statement
  /** For functions with one. */
  evaluate<Type extends ValueType>(type: Type, ...args: ArgumentsOf<Params>): Expression<Type>
}

/** Makes variables while a function's body is written. */
export type Scope = { local<Type extends ValueType>(type: Type): Local<Type> }

type Written = {
  readonly signature: Signature
  readonly locals: readonly ValueType[]
  readonly body: Code
}

export class WasmModule {
  readonly #functions: Written[] = []

  /** `write` gives the body: statements, and last the result where there is one. */
  addFunction<const Params extends readonly ValueType[]>(
    signature: Signature<Params>,
    write: (params: LocalsOf<Params>, scope: Scope) => Statement | Expression | readonly (Statement | Expression)[],
  ): WasmFunction<Params> {
    const { params } = signature
    const locals: ValueType[] = []
    const scope: Scope = {
      local(type) {
        locals.push(type)
        return createLocal(type, params.length + locals.length - 1)
      },
    }
    const paramLocals = params.map((type, index) => createLocal(type, index)) as unknown as LocalsOf<Params>
    const written = write(paramLocals, scope)
    const body = 'code' in written ? [written.code] : written.map(({ code }) => code)
    const index = this.#functions.push({ signature, locals, body }) - 1
    const calling = (args: readonly Expression[]): Code => [args.map(({ code }) => code), 0x10, unsignedLeb(index)]
    return {
      call: (...args) => statement(calling(args as readonly Expression[])),
      evaluate: (type, ...args) => expression(type, calling(args as readonly Expression[])),
    }
  }

  /** The memory is imported as `env.memory`, so that tables may be laid into it first. */
  toBytes(): Uint8Array<ArrayBuffer> {
    const functions = this.#functions
    const types = functions.map(({ signature: { params, result } }) => [
      0x60,
      vector(params.map((type) => [valueTypeByte[type]])),
      vector(result === undefined ? [] : [[valueTypeByte[result]]]),
    ])
    const exported = functions.flatMap(({ signature: { exportName } }, index) =>
      exportName === undefined ? [] : [[text(exportName), 0x00, unsignedLeb(index)]],
    )
    const bodies = functions.map(({ locals, body }) =>
      sized([vector(locals.map((type) => [1, valueTypeByte[type]])), body, 0x0b]),
    )
    const importedMemory = [text('env'), text('memory'), 0x02, 0x00, unsignedLeb(1)]
    return flatten([
      [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      section(1, vector(types)),
      section(2, vector([importedMemory])),
      section(3, vector(functions.map((_, index) => unsignedLeb(index)))),
      section(7, vector(exported)),
      section(10, vector(bodies)),
    ])
  }
}

function vector(items: readonly Code[]): Code {
  return [unsignedLeb(items.length), ...items]
}

function sized(code: Code): Code {
  const bytes = flatten(code)
  return [unsignedLeb(bytes.length), bytes]
}

function section(id: number, content: Code): Code {
  return [id, sized(content)]
}

function text(value: string): Code {
  const bytes = new TextEncoder().encode(value)
  return [unsignedLeb(bytes.length), [...bytes]]
}
