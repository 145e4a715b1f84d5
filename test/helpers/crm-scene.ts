// Scripted models and leads for the tests of the CRM services; nothing of the services themselves is faked.

import { createError } from '../../src/errors.ts'
import type { Lead, LeadActivity, LeadSource } from '../../src/crm/lead.ts'
import type { ModelSource } from '../../src/crm/model-source.ts'
import type { Answer, Prediction, Row } from '../../src/rows/prediction.ts'
import type { PredictOptions } from '../../src/runtime/options.ts'
import type { ModelPredictor } from '../../src/runtime/predictor.ts'

export type ModelCall = { readonly rows: readonly Row[]; readonly options: PredictOptions }

export type ScriptedModel = ModelSource & {
  /** Every call of predict and predictBatch. */
  readonly calls: ModelCall[]
  explainCount: number
  version: string | null
}

type ScriptedOptions = {
  readonly answer: (row: Readonly<Record<string, number>>) => Answer | Promise<Answer>
  readonly classes?: readonly number[]
  readonly contributions?: Readonly<Record<string, number>>
}

/** A model that answers each row by a function, and explains every row alike. */
export function scriptedModel({ answer, classes, contributions }: ScriptedOptions): ScriptedModel {
  const calls: ModelCall[] = []
  const scene: ScriptedModel = {
    calls,
    explainCount: 0,
    version: '1.0.0',
    getModelPredictor: (name) => Promise.resolve(predictorOf(name)),
  }
  function predictorOf(name: string): ModelPredictor {
    const one = async (row: Row): Promise<Prediction> => ({
      model: name,
      version: scene.version,
      source: 'model',
      ...(await answer(row as Readonly<Record<string, number>>)),
    })
    const predictor = {
      get version() {
        return scene.version
      },
      schema: classes === undefined ? undefined : { classes },
      predict(row: Row, options: PredictOptions) {
        calls.push({ rows: [row], options })
        return one(row)
      },
      predictBatch(rows: readonly Row[], options: PredictOptions) {
        calls.push({ rows, options })
        return Promise.all(rows.map((row) => one(row).catch((error: unknown) => error)))
      },
      explain(_row: Row, options: { readonly output?: number }) {
        scene.explainCount++
        if (contributions === undefined) return Promise.reject(createError('UNSUPPORTED', 'no method fits'))
        if (options.output === 1) return Promise.reject(createError('INPUT_INVALID', 'the model has one raw output'))
        const list = Object.entries(contributions).map(([feature, contribution]) => ({ feature, contribution }))
        return Promise.resolve({ method: 'tree-shap', contributions: list })
      },
    }
    return predictor as unknown as ModelPredictor
  }
  return scene
}

/** A source that holds these leads for the tenant, and counts how often it is asked. */
export function leadStore(
  leads: readonly Lead[],
  tenant = 'acme',
): LeadSource & { readonly asked: string[]; put(lead: Lead): void } {
  const byId = new Map(leads.map((lead) => [lead.id, lead]))
  const asked: string[] = []
  return {
    asked,
    put: (lead) => void byId.set(lead.id, lead),
    findLead(ofTenant, id) {
      asked.push(id)
      return ofTenant === tenant ? byId.get(id) : undefined
    },
    recentlyActive: (ofTenant, { limit }) => (ofTenant === tenant ? [...byId.keys()].slice(0, limit) : []),
  }
}

export const busyActivity: LeadActivity = {
  daysSinceLastInteraction: 3,
  interactions7d: 5,
  interactions14d: 8,
  interactions30d: 10,
  activeDays30d: 5,
  responseRate7d: 0.6,
  responseRate14d: 0.7,
  responseRate30d: 0.8,
  engagementTrend: -0.2,
  sessionMinutesAvg: 6,
  propertyViewsPerSession: 4,
  propertyViews30d: 5,
  savedProperties: 1,
  searchRefinements: 2,
  stageVelocity: 0.5,
  stageStagnationDays: 12,
  backwardStageTransitions: 0,
  qualificationChange: 1,
  emailOpenRate: 0.5,
  smsResponseRate: 0.25,
  callPickupRate: 1,
}

export const knownLead: Lead = {
  id: 'known',
  answers: { budget: 400_000, location: 'Sacramento', timeline: 'soon' },
  activity: busyActivity,
}

/** Lets everything that is not waiting for a timer happen. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await Promise.resolve()
}
