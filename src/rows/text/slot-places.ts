// The features that stand for slots of a hash in, named by their numbers; where each slot is among them out.

import type { FeatureSchema } from '../../artifact/schema.ts'
import type { HashSlots } from '../../artifact/text-columns.ts'
import { createError } from '../../errors.ts'

/** The last `others` of `features` stand for all slots without a feature. */
export type SlotFeatures = {
  readonly features: readonly Pick<FeatureSchema, 'name'>[]
  /** What their names begin with. */
  readonly prefix: string
  readonly slots: HashSlots
}

export function slotName(prefix: string, slot: number): string {
  return `${prefix}#${slot}`
}

/** @throws VALIDATION_FAILED where a feature has no number of its own */
export function slotPlaces({ features, prefix, slots }: SlotFeatures): ReadonlyMap<number, number> {
  const places = new Map<number, number>()
  const own = features.length - slots.others.length
  for (let place = 0; place < own; place++) {
    const { name } = features[place]
    const digits = name.startsWith(`${prefix}#`) ? name.slice(prefix.length + 1) : ''
    const slot = /^(?:0|[1-9]\d{0,9})$/.test(digits) ? Number(digits) : -1
    if (slot < 0 || slot >= slots.of || places.has(slot))
      throw createError(
        'VALIDATION_FAILED',
        `feature ${name} must be called ${prefix}# and a number of its own below ${slots.of}; convert the model again`,
      )
    places.set(slot, place)
  }
  if (own < 0)
    throw createError(
      'VALIDATION_FAILED',
      `${features.length} features cannot stand for ${slots.others.length} sums of other slots`,
    )
  return places
}
