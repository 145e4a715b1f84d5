// One thing that an install needs: whether it is there, what was found, and what mends it.

export type Requirement = {
  readonly name: string
  readonly isMet: boolean
  readonly found: string
  /** One line: what to run or change. */
  readonly remedy?: string
}
