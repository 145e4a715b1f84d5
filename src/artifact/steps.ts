// Places in, how far each lies behind the one before it out, and back: of ascending ones these are short numbers.

/** The first step is the first place itself. */
export function toSteps(places: readonly number[]): number[] {
  return places.map((place, at) => (at === 0 ? place : place - places[at - 1]))
}

export function fromSteps(steps: readonly number[]): number[] {
  let place = 0
  return steps.map((step) => (place += step))
}
