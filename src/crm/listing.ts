// A property on offer, as the services read it; every field but id and price may be unknown.

export type Listing = {
  readonly id: string
  /** USD. */
  readonly price: number
  readonly bedrooms?: number
  readonly bathrooms?: number
  /** Square feet. */
  readonly sqft?: number
  readonly propertyType?: string
  /** City, neighbourhood and postal code: any of the lead's locations may name any of them. */
  readonly city?: string
  readonly neighborhood?: string
  readonly postalCode?: string
  /** Degrees. */
  readonly latitude?: number
  readonly longitude?: number
  readonly amenities?: readonly string[]
  /** 0 to 10. */
  readonly schoolRating?: number
  /** 0 to 100. */
  readonly walkScore?: number
  /** 0 (dangerous) to 1 (safe). */
  readonly safety?: number
  /** USD a month. */
  readonly hoaFee?: number
  /** Square feet. */
  readonly lotSqft?: number
  readonly yearBuilt?: number
  readonly parkingSpaces?: number
  readonly daysOnMarket?: number
  /** Price cut since it was listed, 0 to 1. */
  readonly priceCut?: number
  /** Median price of the area, USD. */
  readonly areaMedianPrice?: number
}
