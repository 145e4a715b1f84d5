// A schema in, short JSON out, in which long runs of features that differ by little more than their names stand once; and back.

import { createError } from '../errors.ts'
import type { FeatureSchema, ModelSchema } from './schema.ts'
import {
  anyOf,
  closedObject,
  finite,
  flag,
  integer,
  listOf,
  oneOf,
  optional,
  type Shape,
  text,
  tupleOf,
  type ValueOf,
} from './shape.ts'
import { fromSteps, toSteps } from './steps.ts'
import { hashSlotsShape, textColumnsShape } from './text-columns.ts'

const count = integer(0)
const scalar = anyOf(text, finite, flag)

const kindFields = {
  dtype: oneOf('number', 'string', 'boolean', 'text'),
  texts: optional(listOf(textColumnsShape)),
  of: optional(count),
  used: flag,
  missing: oneOf('handled', 'error'),
  categories: optional(listOf(scalar)),
  unknown: optional(oneOf('ignored', 'error')),
  infinite: optional(flag),
  units: optional(text),
  range: optional(tupleOf(finite, finite)),
  description: optional(text),
}
const featureShape = closedObject({ name: text, ...kindFields })

/** What a feature is but for its name. */
type FeatureKind = Omit<FeatureSchema, 'name'>

/** As many as a row may have columns: a few bytes that ask for a feature each must not ask for more memory than that. */
const mostNumbered = 1 << 20

/** Terms that a model reads and terms that it does not are two kinds; of more, each run is of one. */
const mostKinds = 8

const runShape = closedObject({
  kinds: listOf(closedObject(kindFields), { least: 1, most: mostKinds }),
  /** Number of a kind, how many features of it, number of the next … ; absent where there is one kind. */
  turns: optional(listOf(count)),
  /** What all names begin with; the rest of each, the numbers that follow from `from` on, or ascending ones and then texts. */
  prefix: text,
  names: anyOf(
    listOf(text),
    closedObject({ from: count, count: integer(1, mostNumbered) }),
    closedObject({ steps: listOf(count), more: listOf(text) }),
  ),
})
type FeatureRun = ValueOf<typeof runShape>

const storedFeatureShape: Shape<ValueOf<typeof featureShape> | FeatureRun> = {
  issueOf: (value) => (isRun(value) ? runShape : featureShape).issueOf(value),
}

export const storedSchemaShape = closedObject({
  features: listOf(storedFeatureShape),
  dict: optional(
    closedObject({
      separator: text,
      hashed: optional(closedObject({ signed: flag, slots: optional(hashSlotsShape) })),
    }),
  ),
  classes: optional(anyOf(listOf(scalar), listOf(listOf(scalar)))),
  outputs: listOf(oneOf('label', 'probabilities', 'scores', 'value', 'vector')),
  vectorNames: optional(listOf(text)),
})
export type StoredSchema = Omit<ModelSchema, 'features'> & {
  readonly features: readonly (FeatureSchema | FeatureRun)[]
}

/** Fewer features are as well read one by one. */
const fewestInRun = 64

export function storeSchema(schema: ModelSchema): StoredSchema {
  const features: (FeatureSchema | FeatureRun)[] = []
  let open: FeatureSchema[] = []
  let kinds = new Set<string>()
  const close = (): void => {
    if (open.length < fewestInRun) for (const feature of open) features.push(feature)
    else features.push(runOf(open))
    open = []
    kinds = new Set()
  }
  for (const feature of schema.features) {
    const kind = kindKey(feature)
    // names of terms of one text begin alike; what has long lists of its own has them once
    const isOther = kind === undefined || feature.of !== open.at(0)?.of
    if (isOther || (kinds.size === mostKinds && !kinds.has(kind))) close()
    if (kind === undefined) features.push(feature)
    else {
      kinds.add(kind)
      open.push(feature)
    }
  }
  close()
  return { ...schema, features }
}

/** @throws VALIDATION_FAILED where the parts of a run contradict each other; LIMIT_EXCEEDED */
export function restoreSchema(stored: StoredSchema): ModelSchema {
  const runs = stored.features.filter(isRun)
  const numbered = runs.reduce((sum, { names }) => sum + ('count' in names ? names.count : 0), 0)
  if (numbered > mostNumbered)
    throw createError('LIMIT_EXCEEDED', `runs of numbered features may have ${mostNumbered}, got ${numbered}`)
  const features = stored.features.flatMap((each, at) =>
    isRun(each) ? featuresOf(each, `schema.features.${at}`) : [each],
  )
  return { ...stored, features }
}

function isRun(value: unknown): value is FeatureRun {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'kinds')
}

/** Undefined for features that no run takes. */
function kindKey({ name: _, ...kind }: FeatureSchema): string | undefined {
  return kind.texts === undefined && kind.categories === undefined ? JSON.stringify(kind) : undefined
}

function runOf(features: readonly FeatureSchema[]): FeatureRun {
  const kinds = new Map<string, FeatureKind>()
  const numbers = new Map<string, number>()
  const turns: number[] = []
  for (const feature of features) {
    const key = kindKey(feature) ?? ''
    if (!kinds.has(key)) {
      const { name: _, ...kind } = feature
      numbers.set(key, kinds.size)
      kinds.set(key, kind)
    }
    const number = numbers.get(key) ?? 0
    if (turns.at(-2) === number) turns[turns.length - 1]++
    else turns.push(number, 1)
  }
  return {
    kinds: [...kinds.values()] as FeatureRun['kinds'],
    ...(kinds.size > 1 && { turns }),
    ...shortNames(features.map(({ name }) => name)),
  }
}

function shortNames(names: readonly string[]): Pick<FeatureRun, 'prefix' | 'names'> {
  const digits = /(?:0|[1-9]\d{0,8})$/.exec(names[0])?.[0] ?? ''
  const stem = names[0].slice(0, names[0].length - digits.length)
  const from = Number(digits)
  if (digits !== '' && names.every((name, i) => name === stem + (from + i)))
    return { prefix: stem, names: { from, count: names.length } }
  const prefix = names.reduce(commonStart)
  const ends = names.map((name) => name.slice(prefix.length))
  const firstText = ends.findIndex((end) => !/^(?:0|[1-9]\d{0,14})$/.test(end))
  const numberCount = firstText < 0 ? ends.length : firstText
  const numbers = ends.slice(0, numberCount).map(Number)
  const isAscending = numbers.every((number, i) => i === 0 || number > numbers[i - 1])
  if (numberCount < fewestInRun || !isAscending) return { prefix, names: ends }
  return { prefix, names: { steps: toSteps(numbers), more: ends.slice(numberCount) } }
}

/** Never half of a pair of surrogates, which UTF-8 cannot hold. */
function commonStart(first: string, second: string): string {
  let length = 0
  while (length < first.length && first[length] === second[length]) length++
  const isHalf = /[\ud800-\udbff]/.test(first[length - 1] ?? '')
  return first.slice(0, isHalf ? length - 1 : length)
}

function featuresOf({ kinds, turns, prefix, names }: FeatureRun, place: string): FeatureSchema[] {
  const ends = endsOf(names)
  const parts = turns ?? [0, ends.length]
  const features: FeatureSchema[] = []
  for (let at = 0; at < parts.length; at += 2) {
    const kind = kinds.at(parts[at])
    const end = features.length + (parts.at(at + 1) ?? 0)
    if (kind === undefined || !(end > features.length && end <= ends.length)) throw wrongTurns(place)
    // JSON leaves out what is undefined, and a kind came from JSON
    while (features.length < end) features.push({ name: prefix + ends[features.length], ...kind } as FeatureSchema)
  }
  if (features.length < ends.length) throw wrongTurns(place)
  return features
}

function endsOf(names: FeatureRun['names']): readonly string[] {
  if ('count' in names) return Array.from({ length: names.count }, (_, i) => String(names.from + i))
  return 'steps' in names ? [...fromSteps(names.steps).map(String), ...names.more] : names
}

function wrongTurns(place: string): Error {
  return createError(
    'VALIDATION_FAILED',
    `${place}.turns must give each name one of the kinds, in pairs of kind and count; convert the model again`,
  )
}
