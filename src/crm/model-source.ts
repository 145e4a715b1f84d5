// What the services need of a registry: a predictor by name; any registry or a table of loaded models will do.

import type { ModelPredictor } from '../runtime/predictor.ts'

/** An `MLServiceRegistry` is one. */
export interface ModelSource {
  /** @throws ModelNotFoundError, ModelLoadError: the service then answers by its rule */
  getModelPredictor(name: string): Promise<ModelPredictor>
}

/** Who gave a number of an answer. */
export type Provenance = {
  readonly model: string
  /** Null where no artifact answered. */
  readonly version: string | null
  readonly source: 'model' | 'cache' | 'fallback'
  /** With `fallback`: the rule, and why the model did not answer. */
  readonly rule?: string
  readonly reason?: string
}
