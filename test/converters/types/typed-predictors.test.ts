// Declarations of a folder and of an artifact in; which callers' rows compile against them out.
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { printModelsTypes, printModelTypes, type TypedModel } from '../../../converters/types/types-file.ts'

const here = fileURLToPath(new URL('./', import.meta.url))
const root = fileURLToPath(new URL('../../../', import.meta.url))

const churn: TypedModel = {
  name: 'churn_predictor_v2',
  version: '2.0.0',
  schema: {
    features: [
      { name: 'days', dtype: 'number', used: true, missing: 'error' },
      { name: 'plan', dtype: 'string', used: true, missing: 'handled', categories: ['basic', 'gold'] },
      { name: 'zip code', dtype: 'number', used: false, missing: 'handled' },
    ],
    outputs: ['label', 'probabilities'],
    classes: ['stays', 'leaves'],
  },
  head: { kind: 'classifier', targets: [], hasScores: false },
}
const price: TypedModel = {
  name: 'price-model',
  version: '1.0.0',
  schema: { features: [{ name: 'area', dtype: 'number', used: true, missing: 'error' }], outputs: ['value'] },
  head: { kind: 'regressor', link: 'identity', targetCount: 1 },
}

/** What the compiler says of `text` as a file beside the declarations, one text a fault. */
function faultsOf(text: string): string[] {
  const virtual = new Map([
    [`${here}virtual-models.d.ts`, printModelsTypes([churn, price])],
    [`${here}virtual-features.d.ts`, printModelTypes(churn)],
    [`${here}virtual-use.ts`, text],
  ])
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile).config,
    ts.sys,
    root,
  )
  const checked = { ...options, exactOptionalPropertyTypes: false, noUnusedLocals: false, skipLibCheck: true }
  const host = ts.createCompilerHost(checked)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (path) => virtual.has(path) || fileExists(path)
  host.readFile = (path) => virtual.get(path) ?? readFile(path)
  host.getSourceFile = (path, version, ...rest) =>
    virtual.has(path)
      ? ts.createSourceFile(path, virtual.get(path) ?? '', version)
      : getSourceFile(path, version, ...rest)
  const program = ts.createProgram([...virtual.keys()], checked, host)
  return [...virtual.keys()]
    .flatMap((path) => {
      const file = program.getSourceFile(path)
      return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
    })
    .map(({ messageText, start = 0, file }) => {
      const line = file === undefined ? '' : file.text.slice(0, start).split('\n').length
      return `${file?.fileName.slice(here.length) ?? ''}:${line} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
    })
}

// Each line after an expect-error comment must be refused, and all others compile: the compiler itself says which does not hold.
const callers = `
import { getMLRegistry, initializeMLRegistry, isPrediction, loadModel, type ModelPredictor, MLServiceRegistry } from '../../../src/index.ts'
import { RealTimeScoring } from '../../../src/crm/index.ts'
import type { Models } from './virtual-models.d.ts'
import type { Model } from './virtual-features.d.ts'

const registry = await initializeMLRegistry<Models>({ modelsDir: 'models' })
const churn = await registry.getModelPredictor('churn_predictor_v2')
await churn.predict({ days: 3, plan: 'gold' })
await churn.predict({ days: 3, plan: null })
await churn.predict({ days: 3, plan: undefined, 'zip code': 'anything' })
await churn.predict([3, 'gold', 0])
await churn.predict(new Float64Array(3))
const variable = { days: 3, plan: 'gold' } as const
await churn.predict(variable, { timeoutMs: 5 })
churn.predictSync({ days: 3, plan: 'basic' })
await churn.explain({ days: 3, plan: 'basic' })
// @ts-expect-error a misspelt feature
await churn.predict({ day: 3, plan: 'gold' })
// @ts-expect-error a name too many
await churn.predict({ days: 3, plan: 'gold', age: 1 })
// @ts-expect-error a misspelt category
await churn.predict({ days: 3, plan: 'Gold' })
// @ts-expect-error a text where a number must stand
await churn.predict({ days: '3', plan: 'gold' })
// @ts-expect-error missing where the model has no way to handle it
await churn.predict({ days: null, plan: 'gold' })
// @ts-expect-error a name that is absent is refused at run time too
await churn.predict({ days: 3 })
// @ts-expect-error a misspelt feature of one row of many
await churn.predictBatch([{ days: 3, plan: 'gold' }, { days: 3, plann: 'gold' }])
// @ts-expect-error a misspelt category
churn.predictSync({ days: 3, plan: 'silver' })
// @ts-expect-error a misspelt feature
await churn.explain({ dayz: 3, plan: 'basic' })

const one = await churn.predict(variable)
if (one.source !== 'fallback') {
  const label: 'stays' | 'leaves' = one.label
  const [stays, leaves] = one.probabilities
  const version: string = one.version
  // @ts-expect-error a misspelt class
  if (one.label === 'leavs') throw new Error(label + stays + leaves + version)
  // @ts-expect-error a classifier gives no value
  one.value
} else {
  // @ts-expect-error a rule need not give probabilities
  const [first] = one.probabilities
  const rule: string | undefined = one.rule
}
const many = await churn.predictBatch([variable])
for (const entry of many) if (isPrediction(entry)) entry.label satisfies 'stays' | 'leaves' | undefined

await (await registry.getModelPredictor('churn_predictor_v2@2.0.0')).predict({ days: 3, plan: 'gold' })
// @ts-expect-error a misspelt category of a version
await (await registry.getModelPredictor('churn_predictor_v2@stable', { fallback: false })).predict({ days: 3, plan: 'x' })
// @ts-expect-error a misspelt model
await registry.getModelPredictor('churn_predictor_v3')
// @ts-expect-error a version of a misspelt model
await registry.getModelPredictor('churn@2.0.0')

const price = await (await registry.getModelPredictor('price-model')).predict({ area: 3 })
if (price.source === 'model') price.value satisfies number

const loaded = await loadModel<Model>('artifacts/churn')
await loaded.predict({ days: 3, plan: 'gold' })
// @ts-expect-error a misspelt category of an artifact
await loaded.predict({ days: 3, plan: 'gild' })

// without types everything is as it was, and what has types goes where what has none is taken
const untyped: MLServiceRegistry = new MLServiceRegistry({ modelsDir: 'models' })
await (await untyped.getModelPredictor(\`\${process.pid}\`)).predict({ anything: 1 })
await (await loadModel('artifacts/churn')).predict({ anything: 1 })
await (await getMLRegistry().getModelPredictor('any@1')).predict([1])
;(await getMLRegistry<Models>().getModelPredictor('price-model')) satisfies ModelPredictor
const plain: ModelPredictor = churn
new RealTimeScoring({ models: registry })
interface Wrong { churn: { row: number } }
// @ts-expect-error a map that is none
type Refused = MLServiceRegistry<Wrong>
`

test('rows compile where they are right, and a misspelt model, feature or category does not', () => {
  expect(faultsOf(callers)).toEqual([])
})
