// Artifacts of the bundled models, converted once a test file, with the held-out rows and the source's own answers.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { convertModel } from '../../converters/index.ts'

const modelsUrl = new URL('../../models/', import.meta.url)

export type BundledModel = 'telco_churn' | 'credit_risk'

export type HeldOut = {
  readonly rows: Record<string, unknown>[]
  readonly truth: string[]
  readonly expected: { readonly predict: string[]; readonly predict_proba: number[][] }
}

export function heldOut(name: BundledModel): HeldOut {
  return JSON.parse(readFileSync(new URL(`${name}/heldout.json`, modelsUrl), 'utf8')) as HeldOut
}

const converted = new Map<string, Promise<Record<string, Uint8Array>>>()

/** Files of a uint8 artifact; with `evaluated` its accuracy on the held-out rows is measured. */
export function artifactFiles(
  name: BundledModel,
  version = '1.0.0',
  evaluated = false,
): Promise<Record<string, Uint8Array>> {
  const key = `${name}@${version}${evaluated ? ' evaluated' : ''}`
  const found = converted.get(key)
  if (found !== undefined) return found.then(copyOf)
  const source = { 'model.joblib': new Uint8Array(readFileSync(new URL(`${name}/model.joblib`, modelsUrl))) }
  const { rows, truth } = heldOut(name)
  const evaluation = evaluated ? { evaluation: { rows, truth } } : {}
  const files = convertModel(source, { name, version, ...evaluation }).then((result) => result.files)
  converted.set(key, files)
  return files.then(copyOf)
}

function copyOf(files: Record<string, Uint8Array>): Record<string, Uint8Array> {
  return Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, bytes.slice()]))
}

export type ModelsDir = {
  readonly path: string
  /** Writes an artifact to <model>/versions/<version>. */
  addVersion(model: string, version: string, files: Record<string, Uint8Array>): void
  addFile(model: string, name: string, content: unknown): void
  /** Copies a bundled model's service.json and rule.json. */
  addService(name: BundledModel): void
  remove(path: string): void
}

/** A models folder that is gone when the test ends. */
export function temporaryModelsDir(): ModelsDir {
  const path = mkdtempSync(join(tmpdir(), 'tfjs-serving-test-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  const folder = (...parts: string[]): string => {
    const target = join(path, ...parts)
    mkdirSync(target, { recursive: true })
    return target
  }
  return {
    path,
    addVersion(model, version, files) {
      const target = folder(model, 'versions', version)
      for (const [name, bytes] of Object.entries(files)) writeFileSync(join(target, name), bytes)
    },
    addFile(model, name, content) {
      writeFileSync(join(folder(model), name), typeof content === 'string' ? content : JSON.stringify(content))
    },
    addService(name) {
      for (const file of ['service.json', 'rule.json'])
        cpSync(new URL(`${name}/${file}`, modelsUrl), join(folder(name), file))
    },
    remove: (relative) => rmSync(join(path, relative), { recursive: true, force: true }),
  }
}
