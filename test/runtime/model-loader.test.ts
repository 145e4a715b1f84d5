import { describe, expect, it } from 'vitest'
import { isPrediction } from '../../src/runtime/predictor.ts'
import { ProductionModelLoader } from '../../src/runtime/model-loader.ts'
import { artifactFiles, heldOut, type ModelsDir, temporaryModelsDir } from '../helpers/artifacts.ts'

const { rows, expected } = heldOut('telco_churn')

async function telcoDir(folder = '1.0.0'): Promise<ModelsDir> {
  const dir = temporaryModelsDir()
  dir.addService('telco_churn')
  dir.addVersion('telco_churn', folder, await artifactFiles('telco_churn', '1.0.0', true))
  return dir
}

describe('ProductionModelLoader', () => {
  it('loads a model, and gives its fallback and rows that it can answer', async () => {
    const loader = new ProductionModelLoader((await telcoDir()).path)
    expect((await loader.discoverModels()).map(({ name }) => name)).toEqual(['telco_churn'])
    expect(await loader.getFallbackName('telco_churn')).toBe('telco_churn_rule')
    await using model = await loader.loadModel('telco_churn@1.0.0')
    expect((await model.predict(rows[0])).label).toBe(expected.predict[0])
    const samples = await loader.getPrewarmSamples('telco_churn')
    expect(samples.length).toBeGreaterThan(0)
    expect((await model.predictBatch(samples)).every(isPrediction)).toBe(true)
  })

  it('refuses an artifact whose version is not that of its folder', async () => {
    const loader = new ProductionModelLoader((await telcoDir('2.0.0')).path)
    await expect(loader.loadModel('telco_churn')).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
  })

  it('refuses an artifact whose schema is not that of service.json', async () => {
    const dir = await telcoDir()
    const schema = { features: [{ name: 'age', dtype: 'number' }], outputs: ['label'] }
    dir.addFile('telco_churn', 'service.json', { schema })
    await expect(new ProductionModelLoader(dir.path).loadModel('telco_churn')).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    })
  })

  it('refuses a model below its accuracy floor, unless the caller lowers it', async () => {
    const dir = await telcoDir()
    dir.addFile('telco_churn', 'service.json', { accuracyFloor: 0.99 })
    const loader = new ProductionModelLoader(dir.path)
    await expect(loader.loadModel('telco_churn')).rejects.toMatchObject({ code: 'ACCURACY_BELOW_FLOOR' })
    await using model = await loader.loadModel('telco_churn', { accuracyFloor: 0.9 })
    expect(model.version).toBe('1.0.0')
  })
})
