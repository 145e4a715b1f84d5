// The text of a service.json in; which version it puts in production, and the same text with another one, out.

import { createError } from '../../errors.ts'
import { parseServiceConfig, type ServiceConfig } from '../../runtime/service-config.ts'

export const serviceFile = 'service.json'

/** Alias that a store moves, and what it sets `active` to: before the first promotion it names no version. */
export const productionAlias = 'production'

/** Alias of the version that was staged last. */
export const stagingAlias = 'staging'

/** A service.json; `text` is undefined where there is none. */
export type ServiceFile = { readonly text: string | undefined; readonly config: ServiceConfig }

/** @throws VALIDATION_FAILED where it is none, or names another model than its folder */
export function readServiceFile(text: string | undefined, model: string): ServiceFile {
  if (text === undefined) return { text, config: {} }
  const where = `${model}/${serviceFile}`
  const config = parseServiceConfig(text, where)
  if (config.name !== undefined && config.name !== model)
    throw createError(
      'VALIDATION_FAILED',
      `${where} names the model ${config.name}; expected ${model}, the name of its folder`,
    )
  return { text, config }
}

/** The version that the name alone means by what the file says; undefined where it leaves that to the highest version. */
export function productionOf({ active, aliases = {} }: ServiceConfig): string | undefined {
  if (active === undefined) return undefined
  if (Object.hasOwn(aliases, active)) return aliases[active]
  // an alias that is not there yet, not a version
  return active === productionAlias || active === stagingAlias ? undefined : active
}

/** Production becomes `version`, which is staged no more. */
export function withProduction(file: ServiceFile, version: string, model: string): string {
  return edited(file, model, (aliases) => {
    if (aliases[stagingAlias] === version) delete aliases[stagingAlias]
    aliases[productionAlias] = version
    return { active: productionAlias }
  })
}

export function withStaging(file: ServiceFile, version: string, model: string): string {
  return edited(file, model, (aliases) => {
    aliases[stagingAlias] = version
    return {}
  })
}

/**
 * The file that leaves nothing to "the highest version": `served`, which that was until now, becomes production by name;
 * without one nothing is served until the first promotion.
 */
export function withoutHighest(file: ServiceFile, served: string | undefined, model: string): string {
  return edited(file, model, (aliases) => {
    if (served !== undefined) aliases[productionAlias] = served
    else delete aliases[productionAlias]
    return { active: productionAlias }
  })
}

/** Every other key stays, and where it stands; new keys come last. */
function edited(
  { text, config }: ServiceFile,
  model: string,
  edit: (aliases: Record<string, string>) => { readonly active?: string },
): string {
  const json = text === undefined ? { name: model } : (JSON.parse(text) as Record<string, unknown>)
  const aliases: Record<string, string> = { ...config.aliases }
  const change = edit(aliases)
  const hasAliases = 'aliases' in json || Object.keys(aliases).length > 0
  return `${JSON.stringify({ ...json, ...(hasAliases ? { aliases } : {}), ...change }, null, 2)}\n`
}
