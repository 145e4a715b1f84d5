// One folder of the models folder in, what the registry knows of that model before any version is loaded, out.

import { compareVersions, isVersion } from '../artifact/version.ts'
import { createError, isMLError } from '../errors.ts'
import { parseDecisionList } from '../resilience/parse-decision-list.ts'
import type { ModelFolder } from './model-folder.ts'
import { parseServiceConfig, type ServiceConfig } from './service-config.ts'
import type { ServiceEntry } from './service-entry.ts'

/** Never throws: a folder that contradicts itself becomes an entry with an error, so that the others are served. */
export function readServiceEntry(folder: ModelFolder): ServiceEntry {
  const versions = folder.versions.filter(isVersion).sort(compareVersions)
  const entry = { name: folder.name, path: folder.path, versions }
  let config: ServiceConfig = {}
  try {
    const { unreadable } = folder
    if (unreadable !== undefined)
      throw createError('MODEL_LOAD_FAILED', `cannot read the folder of ${folder.name}: ${unreadable.message}`, {
        cause: unreadable,
      })
    if (folder.serviceConfig !== undefined)
      config = parseServiceConfig(folder.serviceConfig, `${folder.name}/service.json`)
    if (config.name !== undefined && config.name !== folder.name)
      throw createError(
        'VALIDATION_FAILED',
        `${folder.name}/service.json names the model ${config.name}; expected the name of its folder`,
      )
    return { ...entry, config, rule: readRule(folder), error: undefined }
  } catch (error) {
    if (!isMLError(error)) throw error
    // what it says of a fallback still holds
    return { ...entry, config, rule: undefined, error }
  }
}

function readRule(folder: ModelFolder): ServiceEntry['rule'] {
  if (folder.rule === undefined) return undefined
  let json: unknown
  try {
    json = JSON.parse(folder.rule)
  } catch (cause) {
    throw createError('VALIDATION_FAILED', `${folder.name}/rule.json is not JSON`, { cause })
  }
  return parseDecisionList(json, `${folder.name}/rule.json`)
}
