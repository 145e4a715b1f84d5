// Names of places, kinds of property and amenities as people write them in; forms that compare equal where they mean the same out.

/** `ELK_GROVE`, `Elk Grove` and `elk-grove ` are one place. */
export function comparableName(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, ' ')
}

/** Kinds that live alike; a kind that is in no group is like no other. */
const groups: Readonly<Record<string, readonly string[]>> = {
  detached: ['residential', 'single family', 'single family home', 'single family residence', 'house', 'detached'],
  attached: ['condo', 'condominium', 'townhouse', 'townhome', 'apartment', 'flat', 'loft'],
  several: ['multi family', 'multifamily', 'duplex', 'triplex', 'fourplex', 'two family'],
}

const groupOfType: ReadonlyMap<string, string> = new Map(
  Object.entries(groups).flatMap(([group, types]) => types.map((type) => [type, group] as const)),
)

/** Group of a comparable name of a kind of property. */
export function typeGroupOf(name: string): string | undefined {
  return groupOfType.get(name)
}
