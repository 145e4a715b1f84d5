// Rows of a layer's inputs in; how large each input is, and how inputs move together, out.

/** Means of products of inputs and the constant 1: [inputWidth + 1, inputWidth + 1]. */
export function secondMoments(inputs: readonly Float64Array[], inputWidth: number): Float64Array {
  const size = inputWidth + 1
  const moments = new Float64Array(size * size)
  const extended = new Float64Array(size).fill(1)
  for (const input of inputs) {
    extended.set(input)
    for (let i = 0; i < size; i++) {
      const share = extended[i] / inputs.length
      if (share !== 0) for (let j = i; j < size; j++) moments[i * size + j] += share * extended[j]
    }
  }
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) moments[i * size + j] = moments[j * size + i]
  return moments
}

/** Mean square of each input. */
export function inputEnergies(inputs: readonly Float64Array[], inputWidth: number): Float64Array {
  const energies = new Float64Array(inputWidth)
  for (const input of inputs) for (let i = 0; i < inputWidth; i++) energies[i] += (input[i] * input[i]) / inputs.length
  return energies
}

/**
 * Energies as further rows would show them. Where most inputs are 0 in most rows, as counts of terms are, fewer rows than
 * inputs never show some of them: all are drawn to the mean, by so many rows as it takes for an input to be there once.
 */
export function expectedEnergies(inputs: readonly Float64Array[], inputWidth: number): Float64Array {
  const seen = inputEnergies(inputs, inputWidth)
  if (inputs.length >= inputWidth) return seen
  let filled = 0
  for (const input of inputs) for (let i = 0; i < inputWidth; i++) if (input[i] !== 0) filled++
  if (filled === 0) return seen
  const mean = seen.reduce((sum, energy) => sum + energy, 0) / inputWidth
  const drawn = (inputs.length * inputWidth) / filled
  return seen.map((energy) => (inputs.length * energy + drawn * mean) / (inputs.length + drawn))
}
