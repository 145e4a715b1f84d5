// The one registry of a process: made by the first call, shared by all others.

import { createError } from '../errors.ts'
import type { ModelMap, ModelMapLike } from './model-types.ts'
import type { RegistryOptions } from './options.ts'
import { MLServiceRegistry } from './registry.ts'

let shared: MLServiceRegistry | undefined

/**
 * The shared registry, initialized; the first call makes it.
 * @throws ALREADY_INITIALIZED where it exists with other options; what `initialize` throws
 */
export async function initializeMLRegistry<TModels extends ModelMapLike<TModels> = ModelMap>(
  options: RegistryOptions,
): Promise<MLServiceRegistry<TModels>> {
  if (shared !== undefined && !hasSameOptions(shared.options, options))
    throw createError(
      'ALREADY_INITIALIZED',
      `the shared registry serves ${shared.options.modelsDir} with other options; close it first, or make a registry of your own with new MLServiceRegistry(options)`,
    )
  const registry = (shared ??= new ReleasingRegistry(options))
  try {
    await registry.initialize()
  } catch (error) {
    if (shared === registry) shared = undefined
    throw error
  }
  // TModels says what the caller knows of the folder, and nothing at run time depends on it
  return registry as unknown as MLServiceRegistry<TModels>
}

/**
 * The shared registry, as it is.
 * @throws VALIDATION_FAILED before the first `initializeMLRegistry`
 */
export function getMLRegistry<TModels extends ModelMapLike<TModels> = ModelMap>(): MLServiceRegistry<TModels> {
  if (shared !== undefined) return shared as unknown as MLServiceRegistry<TModels>
  throw createError('VALIDATION_FAILED', 'there is no shared registry yet; call initializeMLRegistry(options) first')
}

/** Makes room for a new shared registry once it is closed. */
class ReleasingRegistry extends MLServiceRegistry {
  override close(): Promise<void> {
    if (shared === this) shared = undefined
    return super.close()
  }
}

/** Equal by value where options are plain, by identity where they are objects with behaviour. */
function hasSameOptions(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (!isPlain(a) || !isPlain(b)) return false
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].every((key) => hasSameOptions(a[key], b[key]))
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
