// What a CRM records of a lead, one act at a time; `activityOf` counts it.

/** Acts of the lead itself: each is an interaction. */
export const leadActs = [
  'property_view',
  'property_save',
  'property_unsave',
  'search',
  'search_refinement',
  'email_opened',
  'email_replied',
  'sms_replied',
  'call_answered',
  'message',
  'tour_requested',
  'tour_attended',
] as const

/** Acts of the agency and changes of the record: no interaction of the lead. */
export const agencyActs = ['email_sent', 'sms_sent', 'call_made', 'stage_changed', 'qualification_changed'] as const

/** What a lead does, and what the agency does with it. */
export type LeadEventKind = (typeof leadActs)[number] | (typeof agencyActs)[number]

/** One act of a lead, or of the agency. */
export type LeadEvent = {
  readonly kind: LeadEventKind
  /** Milliseconds since 1970-01-01T00:00Z, as `Date.parse` gives: no time zones, so none to mix up. */
  readonly at: number
  /** Of views, saves and tours. */
  readonly listingId?: string
  /** Acts of one visit share it; how long they lie apart is how long the visit was. */
  readonly sessionId?: string
  /** Of messages and of what answers them; a message that was opened twice then counts once. */
  readonly messageId?: string
  /** Of `stage_changed` and `qualification_changed`: the position before and after it. */
  readonly from?: number
  readonly to?: number
}
