// What the registry knows of a model before any version is loaded in; the version that a name of it means out.

import { createError, type MLError } from '../errors.ts'
import type { DecisionList } from '../resilience/parse-decision-list.ts'
import type { ServiceConfig } from './service-config.ts'

export type ServiceEntry = {
  readonly name: string
  readonly path: string
  readonly config: ServiceConfig
  /** Oldest first. */
  readonly versions: readonly string[]
  /** The folder's rule.json. */
  readonly rule: DecisionList | undefined
  /** What is wrong with service.json or rule.json; the model then is not loaded. */
  readonly error: MLError | undefined
}

/**
 * The version that `selector` means: a version, an alias, or (undefined) the active one.
 * @throws MODEL_NOT_FOUND where there is none of that name; MODEL_LOAD_FAILED where the model has no version at all
 */
export function resolveVersion(entry: ServiceEntry, selector: string | undefined): string {
  const { name, config, versions } = entry
  if (selector === undefined && config.active === undefined) {
    if (versions.length > 0) return versions[versions.length - 1]
    throw createError('MODEL_LOAD_FAILED', `${name} has no version: ${name}/versions/<version>/model.json is not there`)
  }
  const wanted = selector ?? config.active ?? ''
  const version = Object.hasOwn(config.aliases ?? {}, wanted) ? (config.aliases ?? {})[wanted] : wanted
  if (versions.includes(version)) return version
  const known = [...versions, ...Object.keys(config.aliases ?? {})].join(', ') || 'none'
  throw createError(
    selector === undefined ? 'MODEL_LOAD_FAILED' : 'MODEL_NOT_FOUND',
    version === wanted
      ? `${name} has no version or alias ${wanted}; it has: ${known}`
      : `alias ${wanted} of ${name} means version ${version}, which is not there; it has: ${versions.join(', ') || 'none'}`,
    { details: { model: name, selector: wanted } },
  )
}

/**
 * The version to load where `former` answered before, if any did: what was unloaded to make room comes back as it was,
 * since versions change by activate() or a watch and never by themselves.
 * @returns with `meant` what `selector` means now, where it was asked
 */
export function versionToLoad(
  entry: ServiceEntry,
  selector: string | undefined,
  former: string | undefined,
): { readonly version: string; readonly meant?: string } {
  if (former !== undefined && entry.versions.includes(former)) return { version: former }
  const meant = resolveVersion(entry, selector)
  return { version: meant, meant }
}
