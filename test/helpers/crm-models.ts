// Names of CRM models in; folders of models with what is committed of them, whole or damaged, out.

import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ModelsDir, temporaryModelsDir } from './artifacts.ts'

const models = fileURLToPath(new URL('../../models/', import.meta.url))

/** Whether a promoted version of it is committed; until then only its rule can answer. */
export function isPromoted(name: string): boolean {
  const service = join(models, name, 'service.json')
  if (!existsSync(service) || !existsSync(join(models, name, 'versions'))) return false
  const { aliases } = JSON.parse(readFileSync(service, 'utf8')) as { aliases?: { production?: string } }
  return aliases?.production !== undefined
}

/** The service.json files and the versions of these models. */
export function crmModelsDir(...names: readonly string[]): ModelsDir {
  const dir = temporaryModelsDir()
  for (const name of names) {
    dir.addFile(name, 'service.json', readFileSync(join(models, name, 'service.json'), 'utf8'))
    if (existsSync(join(models, name, 'versions')))
      cpSync(join(models, name, 'versions'), join(dir.path, name, 'versions'), { recursive: true })
  }
  return dir
}

/** As `crmModelsDir`, with one bit of every weight file turned; without a version, with one that is no artifact at all. */
export function damagedModelsDir(...names: readonly string[]): ModelsDir {
  const dir = crmModelsDir(...names)
  for (const name of names) {
    const versions = join(dir.path, name, 'versions')
    if (!existsSync(versions)) {
      dir.addVersion(name, '1.0.0', { 'model.json': new TextEncoder().encode('{"modelTopology":') })
      continue
    }
    for (const file of readdirSync(versions, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.bin')) continue
      const bytes = readFileSync(join(versions, file))
      bytes[bytes.length >> 1] ^= 1
      writeFileSync(join(versions, file), bytes)
    }
  }
  return dir
}
