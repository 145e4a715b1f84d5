import { describe, expect, it } from 'vitest'
import { crmRules } from '../../src/resilience/crm-rules/crm-rules.ts'
import { crmModelFeatures } from '../../src/resilience/crm-rules/model-features.ts'
import { loadModel } from '../../src/runtime/load-model.ts'
import { temporaryModelsDir } from '../helpers/artifacts.ts'
import { createRegistry } from '../helpers/registries.ts'
import { tinyFiles } from '../helpers/tiny-models.ts'

const features = crmModelFeatures.viewing_probability_predictor_v2.map((name) => ({ name, dtype: 'number' }))
const schema = { features, classes: [0, 1], outputs: ['label', 'probabilities'] }
const row = [400_000, 3, 2, 1500, 6, 0.4, 12, 2, 30, 3]
const list = {
  name: 'engagement_score',
  positive: 1,
  negative: 0,
  buckets: [{ when: [], probability: 0.625 }],
}

function viewingDir() {
  const dir = temporaryModelsDir()
  dir.addFile('viewing', 'service.json', { schema, fallback: 'engagement_score' })
  return dir
}

describe('the rules of the CRM models', () => {
  it('answer in any registry without being given', async () => {
    const viewing = await createRegistry(viewingDir()).getModelPredictor('viewing')
    expect(await viewing.predict(row)).toMatchObject({
      source: 'fallback',
      rule: 'engagement_score',
      label: 1,
      probabilities: [expect.closeTo(0.275, 12), expect.closeTo(0.725, 12)],
    })
  })

  it('give way to the user’s own of the same name', async () => {
    const fallbacks = { engagement_score: () => ({ label: 0, probabilities: [1, 0] }) }
    const viewing = await createRegistry(viewingDir(), { fallbacks }).getModelPredictor('viewing')
    expect(await viewing.predict(row)).toMatchObject({ rule: 'engagement_score', label: 0, probabilities: [1, 0] })
  })

  it('give way to the folder’s own of the same name', async () => {
    const dir = viewingDir()
    dir.addFile('viewing', 'rule.json', list)
    const viewing = await createRegistry(dir).getModelPredictor('viewing')
    expect(await viewing.predict(row)).toMatchObject({ label: 1, probabilities: [0.375, 0.625] })
  })

  it('are known to loadModel, which lists them where a name is unknown', async () => {
    const model = await loadModel(tinyFiles('1.0.0'), { fallback: 'feature_weighted_scorer' })
    expect(model.getHealth()).toMatchObject({ fallback: 'feature_weighted_scorer' })
    await model.close()
    await expect(loadModel(tinyFiles('1.0.0'), { fallback: 'feature_scorer' })).rejects.toThrow(
      `there are ${Object.keys(crmRules).join(', ')}`,
    )
  })
})
