// Events of leads in, their records as the services read them out: the part that your own database plays.

import { activityOf } from 'tfjs-serving/crm'

/** A `LeadSource`: leads by tenant and id, each with what it told and what it did. */
export function createLeadStore() {
  const tenants = new Map()
  const leadsOf = (tenant) => tenants.get(tenant) ?? tenants.set(tenant, new Map()).get(tenant)

  return {
    put(tenant, { id, answers = {}, preferences = {} }) {
      const known = leadsOf(tenant).get(id)
      leadsOf(tenant).set(id, {
        id,
        answers,
        preferences,
        events: known?.events ?? [],
        since: known?.since ?? Date.now(),
      })
    },
    /**
     * @returns whether the tenant has such a lead
     * @throws INPUT_INVALID for an event that cannot be
     */
    record(tenant, id, event) {
      const lead = tenants.get(tenant)?.get(id)
      const recorded = { at: Date.now(), ...event }
      // one event that cannot be would spoil every later answer about the lead
      activityOf([recorded], { now: Date.now() })
      lead?.events.push(recorded)
      return lead !== undefined
    },
    findLead(tenant, id) {
      const lead = tenants.get(tenant)?.get(id)
      if (lead === undefined) return undefined
      const { answers, preferences, events, since } = lead
      return { id, answers, preferences, activity: activityOf(events, { now: Date.now(), since }) }
    },
    recentlyActive(tenant, { sinceMs, limit }) {
      const last = ({ events }) => events.reduce((latest, { at }) => Math.max(latest, at), -Infinity)
      return [...(tenants.get(tenant)?.values() ?? [])]
        .filter((lead) => last(lead) >= sinceMs)
        .sort((a, b) => last(b) - last(a))
        .slice(0, limit)
        .map(({ id }) => id)
    },
  }
}
