// A models folder in, a registry that is closed when the test ends out; and folders with the churn model in place.

import { onTestFinished } from 'vitest'
import type { RegistryOptions } from '../../src/runtime/options.ts'
import { MLServiceRegistry } from '../../src/runtime/registry.ts'
import { artifactFiles, type ModelsDir, temporaryModelsDir } from './artifacts.ts'

export function createRegistry(dir: ModelsDir, options: Partial<RegistryOptions> = {}): MLServiceRegistry {
  const registry = new MLServiceRegistry({ modelsDir: dir.path, ...options })
  onTestFinished(() => registry.close())
  return registry
}

/** telco_churn@1.0.0, evaluated, with its service.json and rule.json. */
export async function telcoDir(): Promise<ModelsDir> {
  const dir = temporaryModelsDir()
  dir.addService('telco_churn')
  dir.addVersion('telco_churn', '1.0.0', await artifactFiles('telco_churn', '1.0.0', true))
  return dir
}
