// Schemas in, declarations that mean exactly those out, whatever names, categories and notes are.
import fc from 'fast-check'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { printModelsTypes, printModelTypes, type TypedModel } from '../../../converters/types/types-file.ts'
import type { FeatureSchema, Scalar } from '../../../src/artifact/schema.ts'

const feature = (name: string, more: Partial<FeatureSchema> = {}): FeatureSchema => ({
  name,
  dtype: 'number',
  used: true,
  missing: 'error',
  ...more,
})
const modelOf = (features: readonly FeatureSchema[], more: Partial<TypedModel['schema']> = {}): TypedModel => ({
  name: 'churn',
  version: '1.0.0',
  schema: { features, outputs: ['label', 'probabilities'], classes: ['no', 'yes'], ...more },
  head: { kind: 'classifier', targets: [], hasScores: false },
})

/** The property of a row that the declarations have for one feature. */
function propertyText(given: FeatureSchema): string {
  const [, text] =
    /export type Row = (?:string \| )?\{\n[^\n]*\n {2}readonly ([^\n]*)\n\}/.exec(printModelTypes(modelOf([given]))) ??
    []
  return text
}

test.each<[FeatureSchema, string]>([
  [feature('age'), 'age: number'],
  [feature('age', { missing: 'handled' }), 'age: number | null | undefined'],
  [feature('gone', { used: false }), 'gone?: unknown'],
  [feature('isNew', { dtype: 'boolean' }), 'isNew: boolean'],
  [feature('plan', { dtype: 'string', categories: ['no', 'yes', 'no'] }), 'plan: "no" | "yes"'],
  [feature('plan', { dtype: 'string', categories: [] }), 'plan: string'],
  [feature('zip', { dtype: 'string', categories: [10115, -1, true] }), 'zip: 10115 | -1 | true'],
  [feature('code', { categories: [1, 2], unknown: 'error' }), 'code: 1 | 2'],
  [feature('code', { categories: [1, 2], unknown: 'ignored' }), 'code: number'],
  [feature('review', { dtype: 'text' }), 'review: string'],
  [feature('total day minutes'), '"total day minutes": number'],
  [feature('2nd'), '"2nd": number'],
  [feature('class'), 'class: number'],
])('declares %j', (given, expected) => {
  expect(propertyText(given)).toBe(expected)
})

test('declares a text as a row by itself where nothing else is given', () => {
  const review = feature('review', { dtype: 'text' })
  const counted = feature('review: good', { of: 0 })
  expect(printModelTypes(modelOf([review, counted]))).toContain('export type Row = string | {\n')
  expect(printModelTypes(modelOf([review, feature('stars'), counted]))).toContain('export type Row = {\n')
})

test('declares neither what is counted from a text nor the features of a dict', () => {
  const features = [feature('review', { dtype: 'text' }), feature('review: good', { of: 0 })]
  expect(printModelTypes(modelOf(features))).not.toContain('good')
  expect(printModelTypes(modelOf(features, { dict: { separator: '=' } }))).toContain(
    'export type Row = Readonly<Record<string, string | number | boolean | null | undefined | readonly string[]>>\n',
  )
})

test('says in comments what a feature is, what missing does and what others do', () => {
  const plan = feature('plan', {
    dtype: 'string',
    categories: ['no'],
    unknown: 'ignored',
    units: 'kind',
    range: [0, 3],
    description: 'of the customer',
    missing: 'handled',
  })
  expect(printModelTypes(modelOf([plan]))).toContain(
    '/** of the customer; in kind; usually 0 to 3; others are taken at run time and count as none of these; null where it is missing */',
  )
})

test('takes any text where there are more categories than a compiler likes', () => {
  const categories = Array.from({ length: 501 }, (_, i) => `c${i}`)
  expect(propertyText(feature('city', { dtype: 'string', categories }))).toBe('city: string')
})

const given = (text: string): string[] => [...text.matchAll(/^ {2}readonly (\w+: .*)$/gm)].map(([, line]) => line)

test.each<[string, Partial<TypedModel>, string[]]>([
  ['a classifier', {}, ['label: "no" | "yes"', 'probabilities: readonly [number, number]']],
  [
    'several targets',
    {
      schema: {
        features: [],
        outputs: ['label', 'probabilities'],
        classes: [
          ['a', 'b'],
          [0, 1, 2],
        ],
      },
    },
    [
      'label: readonly ["a" | "b", 0 | 1 | 2]',
      'probabilities: readonly [readonly [number, number], readonly [number, number, number]]',
    ],
  ],
  [
    'labels that are yes or no each',
    { head: { kind: 'multilabel', classes: ['a', 'b'] } },
    ['label: readonly [0 | 1, 0 | 1]', 'probabilities: readonly [number, number]'],
  ],
  [
    'a regressor',
    { schema: { features: [], outputs: ['value'] }, head: { kind: 'regressor', link: 'identity', targetCount: 1 } },
    ['value: number'],
  ],
  [
    'a regressor of two targets',
    { schema: { features: [], outputs: ['value'] }, head: { kind: 'regressor', link: 'identity', targetCount: 2 } },
    ['value: readonly [number, number]'],
  ],
  [
    'a wide transformer',
    { schema: { features: [], outputs: ['vector'] }, head: { kind: 'transformer', width: 900 } },
    ['vector: readonly number[]'],
  ],
])('declares what %s gives', (_name, more, expected) => {
  expect(given(printModelTypes({ ...modelOf([]), ...more }))).toEqual(expected)
})

test('declares a model without an artifact by its schema', () => {
  const { head: _head, ...rest } = modelOf([feature('a')])
  const text = printModelsTypes([{ ...rest, version: null }])
  expect(text).toContain('/** churn (by its service.json; there is no artifact) */')
  expect(text).toContain('readonly label: "no" | "yes"')
})

/** Texts that try to leave the string or comment that they stand in. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '*/',
    '**//',
    '*/ export const x = 1 /*',
    '"',
    "'",
    '`',
    '\\',
    '\n',
    '\r',
    '\u2028',
    '\u2029',
    '\u202e',
    '\u2066',
    '\0',
    '${1}',
  ),
  fc.constantFrom('__proto__', 'constructor', '//', '/*', '{', '}', '?', '\ud800', '', 'readonly a: any'),
)
const hostileText = fc.array(hostile, { maxLength: 4 }).map((parts) => parts.join(''))

/** Names and category texts that the declarations have, as the compiler reads them. */
function readBack(text: string): { faults: readonly unknown[]; statements: number; rows: Map<string, unknown[]>[] } {
  const file = ts.createSourceFile('types.d.ts', text, ts.ScriptTarget.Latest, true)
  const { diagnostics = [] } = ts.transpileModule(text, { fileName: 'types.ts', reportDiagnostics: true })
  const rows: Map<string, unknown[]>[] = []
  const rowOf = (node: ts.TypeNode | undefined): void => {
    if (node === undefined || !ts.isTypeLiteralNode(node)) return
    const row = new Map<string, unknown[]>()
    for (const member of node.members) {
      if (!ts.isPropertySignature(member) || ts.isComputedPropertyName(member.name))
        throw new TypeError(member.getText())
      const literals: unknown[] = []
      member.type?.forEachChild(function visit(child): void {
        if (ts.isStringLiteral(child)) literals.push(child.text)
        child.forEachChild(visit)
      })
      row.set((member.name as ts.StringLiteral).text, literals)
    }
    rows.push(row)
  }
  file.forEachChild(function visit(node): void {
    if (ts.isTypeAliasDeclaration(node) && node.name.text === 'Row') rowOf(node.type)
    else if (ts.isPropertySignature(node) && node.name.getText() === 'row') rowOf(node.type)
    else if (ts.isInterfaceDeclaration(node) || ts.isTypeLiteralNode(node) || ts.isPropertySignature(node))
      node.forEachChild(visit)
  })
  return { faults: diagnostics, statements: file.statements.length, rows }
}

test('means what a hostile file says and nothing else', () => {
  const features = fc.uniqueArray(
    fc.record({
      name: hostileText,
      categories: fc.array(hostileText, { minLength: 1, maxLength: 4 }),
      description: hostileText,
      units: hostileText,
    }),
    { selector: ({ name }) => name, minLength: 1, maxLength: 4 },
  )
  fc.assert(
    fc.property(features, hostileText, fc.array(hostileText, { minLength: 1, maxLength: 3 }), (list, name, classes) => {
      const schema = list.map((each) => feature(each.name, { ...each, dtype: 'string', missing: 'handled' }))
      const model = { ...modelOf(schema, { classes: classes as Scalar[], vectorNames: classes }), name, version: name }
      // unpaired surrogates are escaped, and read back as what they were
      const wanted = new Map(list.map((each) => [each.name, [...new Set(each.categories)]]))
      const one = readBack(printModelTypes(model))
      expect(one).toEqual({ faults: [], statements: 5, rows: [wanted] })
      const map = readBack(printModelsTypes([model, { ...model, name: `${name}2` }]))
      expect(map.faults).toEqual([])
      expect(map.statements).toBe(3)
    }),
    { numRuns: 150 },
  )
})
