// Shapes of JSON, put together from smaller ones, in; whether a value has one, and where it first has not, out.

export type Issue = { readonly path: readonly (string | number)[]; readonly message: string }

/**
 * Checks a value and hands out that very value. It stands on the way to every model's first answer
 * (`node bench/cold.mjs`), which cannot wait for a library of schemas to be imported.
 */
export type Shape<Value> = {
  /** What is wrong first; undefined where `value` is a `Value`. */
  readonly issueOf: (value: unknown) => Issue | undefined
  /** Fields of an object, for unions that are told by one of them. */
  readonly fields?: Fields
  /** For a union of objects: those that it is made of. */
  readonly members?: readonly Shape<unknown>[]
  /** Never there: carries the type. */
  readonly type?: Value
}

export type ValueOf<Found> = Found extends Shape<infer Value> ? Value : never

type Fields = Readonly<Record<string, Shape<unknown>>>
type OptionalKeys<Given extends Fields> = {
  [Key in keyof Given]: undefined extends ValueOf<Given[Key]> ? Key : never
}[keyof Given]
type ObjectOf<Given extends Fields> = {
  [Key in Exclude<keyof Given, OptionalKeys<Given>>]: ValueOf<Given[Key]>
} & { [Key in OptionalKeys<Given>]?: ValueOf<Given[Key]> }
type Plain<Value> = { [Key in keyof Value]: Value[Key] }

/** What a value must be, said of what it is not. */
function ofType<Value>(expected: string, accepts: (value: unknown) => boolean): Shape<Value> {
  return { issueOf: (value) => (accepts(value) ? undefined : wrong(`must be ${expected}, got ${nameOf(value)}`)) }
}

export const text: Shape<string> = ofType('text', (value) => typeof value === 'string')
export const filledText: Shape<string> = ofType(
  'text that is not empty',
  (value) => typeof value === 'string' && value !== '',
)
export const flag: Shape<boolean> = ofType('true or false', (value) => typeof value === 'boolean')
/** JSON can say 1e999. */
export const finite: Shape<number> = ofType('a finite number', Number.isFinite)
export const notNegative: Shape<number> = ofType(
  'a number of 0 or more',
  (value) => Number.isFinite(value) && (value as number) >= 0,
)
/** Its keys are there or not; what it holds is for whoever reads it. */
export const anything: Shape<unknown> = { issueOf: () => undefined }
export const record: Shape<Record<string, unknown>> = ofType('an object', isRecord)

export function integer(least: number, most: number = Number.MAX_SAFE_INTEGER): Shape<number> {
  const expected = `an integer ${most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`}`
  return ofType(
    expected,
    (value) => Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most,
  )
}

export function matching(pattern: RegExp, message: string): Shape<string> {
  return { issueOf: (value) => (typeof value === 'string' && pattern.test(value) ? undefined : wrong(message)) }
}

export function oneOf<const Value extends string | number>(...values: readonly Value[]): Shape<Value> {
  const expected = values.map((value) => JSON.stringify(value)).join(' or ')
  return ofType(expected, (value) => (values as readonly unknown[]).includes(value))
}

export function listOf<Value>(
  item: Shape<Value>,
  { least = 0, most = Infinity }: { readonly least?: number; readonly most?: number } = {},
): Shape<Value[]> {
  return {
    issueOf(value) {
      if (!Array.isArray(value)) return wrong(`must be a list, got ${nameOf(value)}`)
      if (value.length < least || value.length > most)
        return wrong(`must have ${least} to ${most} entries, got ${value.length}`)
      for (let i = 0; i < value.length; i++) {
        const issue = item.issueOf(value[i])
        if (issue !== undefined) return within(i, issue)
      }
      return undefined
    },
  }
}

export function tupleOf<const Items extends readonly Shape<unknown>[]>(
  ...items: Items
): Shape<{ -readonly [Index in keyof Items]: ValueOf<Items[Index]> }> {
  return {
    issueOf(value) {
      if (!Array.isArray(value) || value.length !== items.length)
        return wrong(`must be a list of ${items.length}, got ${nameOf(value)}`)
      for (const [i, item] of items.entries()) {
        const issue = item.issueOf(value[i])
        if (issue !== undefined) return within(i, issue)
      }
      return undefined
    },
  }
}

/** An object with any keys, all of one shape. */
export function recordOf<Value>(item: Shape<Value>): Shape<Record<string, Value>> {
  return {
    issueOf(value) {
      if (!isRecord(value)) return wrong(`must be an object, got ${nameOf(value)}`)
      for (const [key, each] of Object.entries(value)) {
        const issue = item.issueOf(each)
        if (issue !== undefined) return within(key, issue)
      }
      return undefined
    },
  }
}

export function optional<Value>(shape: Shape<Value>): Shape<Value | undefined> {
  return { issueOf: (value) => (value === undefined ? undefined : shape.issueOf(value)) }
}

export function nullable<Value>(shape: Shape<Value>): Shape<Value | null> {
  return { issueOf: (value) => (value === null ? undefined : shape.issueOf(value)) }
}

/** The issue is that of the last one. */
export function anyOf<const Shapes extends readonly Shape<unknown>[]>(
  ...shapes: Shapes
): Shape<ValueOf<Shapes[number]>> {
  return {
    issueOf(value) {
      let issue: Issue | undefined
      for (const shape of shapes) {
        issue = shape.issueOf(value)
        if (issue === undefined) return undefined
      }
      return issue
    },
  }
}

/** Further keys are let be. */
export function openObject<Given extends Fields>(fields: Given): Shape<Plain<ObjectOf<Given>>> {
  const entries = Object.entries(fields)
  return {
    fields,
    issueOf(value) {
      if (!isRecord(value)) return wrong(`must be an object, got ${nameOf(value)}`)
      for (const [key, shape] of entries) {
        const issue = shape.issueOf(Object.hasOwn(value, key) ? value[key] : undefined)
        if (issue !== undefined) return within(key, issue)
      }
      return undefined
    },
  }
}

/** As `openObject`, without any further key. */
export function closedObject<Given extends Fields>(fields: Given): Shape<Plain<ObjectOf<Given>>> {
  const open = openObject(fields)
  return {
    fields,
    issueOf(value) {
      const issue = open.issueOf(value)
      if (issue !== undefined) return issue
      const foreign = Object.keys(value as object).find((key) => !Object.hasOwn(fields, key))
      return foreign === undefined ? undefined : wrong(`must have no key ${JSON.stringify(foreign)}`)
    },
  }
}

/** Objects, told by `key`: one says what is wrong with a value where several have its key. */
export function toldBy<const Shapes extends readonly Shape<unknown>[]>(
  key: string,
  ...shapes: Shapes
): Shape<ValueOf<Shapes[number]>> {
  return {
    members: shapes,
    issueOf(value) {
      if (!isRecord(value)) return wrong(`must be an object, got ${nameOf(value)}`)
      const told = Object.hasOwn(value, key) ? value[key] : undefined
      const found = shapes.find((shape) => isTold(shape, key, told))
      return found === undefined
        ? within(key, wrong(`must be of a known kind, got ${nameOf(told)}`))
        : found.issueOf(value)
    },
  }
}

function isTold({ fields, members = [] }: Shape<unknown>, key: string, told: unknown): boolean {
  if (fields !== undefined) return Object.hasOwn(fields, key) && fields[key].issueOf(told) === undefined
  return members.some((member) => isTold(member, key, told))
}

/** `shape`, and what it cannot say: the text is the issue, at `path` of the value. */
export function where<Value>(
  shape: Shape<Value>,
  path: string,
  complaintOf: (value: Value) => string | undefined,
): Shape<Value> {
  return {
    issueOf(value) {
      const issue = shape.issueOf(value)
      if (issue !== undefined) return issue
      const complaint = complaintOf(value as Value)
      return complaint === undefined ? undefined : within(path, wrong(complaint))
    },
  }
}

/** Where and what is wrong, in one phrase. */
export function issueText({ path, message }: Issue): string {
  return path.length === 0 ? `is malformed: ${message}` : `is malformed at ${path.join('.')}: ${message}`
}

function wrong(message: string): Issue {
  return { path: [], message }
}

function within(place: string | number, { path, message }: Issue): Issue {
  return { path: [place, ...path], message }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Short, whatever a file holds. */
function nameOf(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : String(value)
}
