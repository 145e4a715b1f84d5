// The committed pickle and joblib files: a folder per scikit-learn version, written by test/golden/pickle/generate.py.
import { readdirSync, readFileSync } from 'node:fs'

const root = new URL('../../../golden/pickle/', import.meta.url)

export const fixtureFolders = readdirSync(root).filter((name) => name.startsWith('sklearn-'))

type Expected = {
  readonly values: Readonly<Record<string, unknown>>
  /** By model: paths into it, each with the value at its end. */
  readonly models: Readonly<Record<string, readonly [(string | number)[], unknown][]>>
}

export function readExpected(folder: string): Expected {
  return JSON.parse(readFileSync(new URL(`${folder}/expected.json`, root), 'utf8')) as Expected
}

export function fixtureNames(folder: string): string[] {
  return readdirSync(new URL(folder, root)).filter((name) => /\.(pkl|joblib)$/.test(name))
}

export function readFixture(folder: string, name: string): Uint8Array {
  return readFileSync(new URL(`${folder}/${name}`, root))
}
