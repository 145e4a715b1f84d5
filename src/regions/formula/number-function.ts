// What a function of one number is made of: its check of settings, and its making.

export type NumberFunction = (x: number) => number

export type FunctionSpec = {
  /** What is wrong with the settings; undefined where nothing is. */
  readonly issueOf?: (settings: readonly number[]) => string | undefined
  readonly make: (settings: readonly number[]) => NumberFunction
}

export const noSettings = (compute: NumberFunction): FunctionSpec => ({
  issueOf: (settings) => (settings.length === 0 ? undefined : 'must have no settings'),
  make: () => compute,
})

export const settingsOf = (count: number, make: (...settings: number[]) => NumberFunction): FunctionSpec => ({
  issueOf: ({ length }) => (length === count ? undefined : `must have ${count} settings, got ${length}`),
  make: (settings) => make(...settings),
})
