// Nothing in; the features of the five models of the real-estate CRM out, in the order of their schemas.

/** Answers to the qualifying questions (0 or 1) and the lead's behaviour. */
export const leadScorerFeatures = [
  'budget_provided',
  'location_specified',
  'timeline_confirmed',
  'property_requirements',
  'financing_status',
  'motivation_shared',
  'home_condition_shared',
  /** 0 to 100. */
  'engagement_score',
  /** Share of messages answered, 0 to 1. */
  'response_rate',
  /** Listings looked at in the last 30 days. */
  'property_views',
] as const

/** How well a listing suits a lead in each respect, 0 to 1; 0.5 where the lead has said nothing or the listing is silent. */
export const propertyMatcherFeatures = [
  'budget',
  'location',
  'bedrooms',
  'bathrooms',
  'property_type',
  'sqft',
  'schools',
  'commute',
  'walkability',
  'safety',
  'hoa_fee',
  'lot_size',
  'home_age',
  'parking',
  'market_timing',
] as const

/** Behaviour of the last 30 days, and the horizon that is asked for. */
export const churnPredictorFeatures = [
  /** 7, 14 or 30. */
  'horizon_days',
  /** Capped at 30. */
  'days_since_last_interaction',
  'interactions_7d',
  'interactions_14d',
  'interactions_30d',
  'response_rate_7d',
  'response_rate_14d',
  'response_rate_30d',
  /** −1 (falling) to 1 (rising). */
  'engagement_trend',
  /** Minutes. */
  'session_duration_avg',
  'property_views_per_session',
  'saved_properties_count',
  'search_refinements_count',
  /** Stages a week. */
  'stage_progression_velocity',
  /** Capped at 30. */
  'stage_stagnation_days',
  'backward_stage_transitions',
  /** Signed change of the qualification count in 30 days. */
  'qualification_score_change',
  'email_open_rate',
  'sms_response_rate',
  'call_pickup_rate',
] as const

/** A listing, and how it stands to what the lead wants. */
export const propertyInterestFeatures = [
  /** USD. */
  'price',
  'bedrooms',
  'bathrooms',
  /** Square feet. */
  'sqft',
  /** Number of amenities that the listing names. */
  'feature_count',
  /** 0 to 1. */
  'lead_urgency',
  /** Price ÷ the lead's highest price. */
  'budget_ratio',
  /** Bedrooms offered less bedrooms wanted. */
  'bedroom_gap',
  /** 0 to 1, as the matcher's `location`. */
  'location_match',
  /** 0 to 1, as the matcher's `property_type`. */
  'type_match',
] as const

/** A listing, and what the lead has done. */
export const viewingProbabilityFeatures = [
  'price',
  'bedrooms',
  'bathrooms',
  'sqft',
  'feature_count',
  'lead_urgency',
  /** In the last 30 days. */
  'interactions',
  /** Interactions ÷ days with any. */
  'interactions_per_active_day',
  /** In the last 30 days. */
  'property_views',
  /** Days since the last interaction. */
  'days_idle',
] as const

/** Features by the model's name. */
export const crmModelFeatures = {
  lead_scorer_v2: leadScorerFeatures,
  property_matcher_v3: propertyMatcherFeatures,
  churn_predictor_v2: churnPredictorFeatures,
  property_interest_predictor_v2: propertyInterestFeatures,
  viewing_probability_predictor_v2: viewingProbabilityFeatures,
} as const satisfies Readonly<Record<string, readonly string[]>>

export type CrmModelName = keyof typeof crmModelFeatures

/** A row of a model, by feature name. */
export type CrmModelRow<TModel extends CrmModelName> = Readonly<
  Record<(typeof crmModelFeatures)[TModel][number], number>
>
