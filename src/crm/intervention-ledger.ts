// Interventions with leads in; how many each may have today out.

export type InterventionLedger = {
  /** Counts one; false, and nothing counted, where the lead has had its day's share. */
  take(tenant: string, leadId: string): boolean
  /** How many the lead may have today. */
  left(tenant: string, leadId: string): number
}

const dayMs = 86_400_000

/** Days are those of UTC. It holds the leads of one day alone, so that its size is bounded by a day's work. */
export function createInterventionLedger(perDay: number, now: () => number): InterventionLedger {
  const taken = new Map<string, number>()
  let today = -1
  const keyToday = (tenant: string, leadId: string): string => {
    const day = Math.floor(now() / dayMs)
    if (day !== today) taken.clear()
    today = day
    return JSON.stringify([tenant, leadId])
  }
  return {
    take(tenant, leadId) {
      const key = keyToday(tenant, leadId)
      const count = taken.get(key) ?? 0
      if (count >= perDay) return false
      taken.set(key, count + 1)
      return true
    },
    left: (tenant, leadId) => perDay - (taken.get(keyToday(tenant, leadId)) ?? 0),
  }
}
