// What the package exports, name by name: a name that goes or comes is seen in review, and breaks or widens the contract.
import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

type ExportList = { readonly values: readonly string[]; readonly types: readonly string[] }

/** Names that a file exports, read from its text, since types leave nothing to look at when it runs. */
function readExports(path: string): ExportList {
  const text = readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
  const values: string[] = []
  const types: string[] = []
  for (const statement of ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true).statements) {
    if (ts.isExportDeclaration(statement)) {
      // `export *` would let names in that nobody looked at.
      if (!statement.exportClause || !ts.isNamedExports(statement.exportClause)) throw new Error(statement.getText())
      for (const { isTypeOnly, name } of statement.exportClause.elements)
        (statement.isTypeOnly || isTypeOnly ? types : values).push(name.text)
    } else if (ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some(isExport)) {
      if (ts.isFunctionDeclaration(statement)) values.push(statement.name?.text ?? 'default')
      else if (ts.isTypeAliasDeclaration(statement)) types.push(statement.name.text)
      else throw new Error(`${path} exports neither a function nor a type: ${statement.getText()}`)
    }
  }
  return { values: values.sort(), types: types.sort() }
}

const isExport = ({ kind }: ts.Modifier) => kind === ts.SyntaxKind.ExportKeyword

const entries = {
  'src/index.ts': [
    ...['ConversionError', 'MLError', 'MLServiceRegistry', 'ModelLoadError', 'ModelNotFoundError', 'ModelPredictor'],
    ...['ModelValidationError', 'PredictionError', 'ProductionModelLoader', 'getMLRegistry', 'initializeMLRegistry'],
    ...['loadModel'],
  ],
  'converters/index.ts': ['convertModel', 'inspectModel'],
  'src/monitoring/index.ts': [
    ...['createAlerts', 'createDriftMonitor', 'createExperiment', 'createPerformanceMonitor', 'createShadowComparison'],
    ...['watchPredictor'],
  ],
  'src/crm/index.ts': ['ChurnPredictionEngine', 'PropertyMatcher', 'RealTimeScoring'],
  'src/training/index.ts': ['evaluateModel', 'openModelStore', 'rebuildArtifact', 'trainModel'],
}

test('src/index.ts re-exports and does nothing else', () => {
  const lines = readFileSync(new URL('../src/index.ts', import.meta.url), 'utf8').replace(/^\/\/.*$/gm, '')
  expect(lines.replace(/export (type )?\{[^}]*\} from '\.\/[^']+'/g, '').trim()).toBe('')
})

describe.each(Object.entries(entries))('%s', (path, contract) => {
  test('exports what the public contract names', () => {
    expect(readExports(path).values).toEqual(expect.arrayContaining(contract))
  })

  test('exports at run time the values that it lists', async () => {
    const module = (await import(new URL(`../${path}`, import.meta.url).href)) as object
    expect(Object.keys(module).sort()).toEqual(readExports(path).values)
  })

  test('exports no more and no less than reviewed; after a change run: npx vitest run test/exports.test.ts -u', () => {
    const { values, types } = readExports(path)
    expect([...values, ...types.map((name) => `type ${name}`)].join('\n')).toMatchSnapshot()
  })
})
