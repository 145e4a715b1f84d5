// What the printed table says of one booster.

export type SupportedBooster = {
  readonly name: string
  readonly role: 'boosted trees' | 'linear'
  readonly versions: string
  /** What of it is supported, in a sentence for the printed table. */
  readonly notes: string
}
