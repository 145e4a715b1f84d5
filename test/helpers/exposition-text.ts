// Prometheus' text format 0.0.4 in, its families out; whatever a scraper would refuse or misread throws.

export type ExpositionSample = {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export type ExpositionFamily = {
  readonly type: string
  readonly help: string
  readonly samples: readonly ExpositionSample[]
}

type OpenFamily = { help?: string; type?: string; samples: ExpositionSample[] }

const nameShape = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const labelShape = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(,|$)/
const sampleShape = /^([^{ ]+)(?:\{(.*)\})? (\S+)$/
const types = ['counter', 'gauge', 'histogram', 'summary', 'untyped']
const suffixes: Readonly<Record<string, readonly string[]>> = {
  summary: ['', '_sum', '_count'],
  histogram: ['_bucket', '_sum', '_count'],
}

/** prometheus/docs, instrumenting/exposition_formats.md: groups together, HELP and TYPE once and first, samples unique. */
export function parseExpositionText(text: string): ReadonlyMap<string, ExpositionFamily> {
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line does not end')
  const families = new Map<string, OpenFamily>()
  const seen = new Set<string>()
  let open = ''
  for (const line of text.split('\n').slice(0, -1)) {
    const comment = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line)
    if (comment !== null) {
      const [, kind, name, rest] = comment
      if (!nameShape.test(name)) throw new Error(`${name} is no name`)
      if (name !== open && families.has(name)) throw new Error(`${name} comes in two places`)
      open = name
      const family = families.get(name) ?? { samples: [] }
      families.set(name, family)
      if (family.samples.length > 0) throw new Error(`${kind} of ${name} comes after its samples`)
      const key = kind === 'HELP' ? 'help' : 'type'
      if (family[key] !== undefined) throw new Error(`${name} has two ${kind} lines`)
      if (key === 'type' && !types.includes(rest)) throw new Error(`${rest} is no type`)
      family[key] = rest
      continue
    }
    const sample = readSample(line)
    const family = families.get(open)
    const allowed = suffixes[family?.type ?? ''] ?? ['']
    if (family === undefined || !allowed.some((suffix) => sample.name === open + suffix))
      throw new Error(`${sample.name} comes among the samples of ${open}`)
    const identity = `${sample.name} ${JSON.stringify(Object.entries(sample.labels).sort())}`
    if (seen.has(identity)) throw new Error(`${identity} comes twice`)
    seen.add(identity)
    if (family.type === 'counter' && !(sample.value >= 0)) throw new Error(`the counter ${identity} is ${sample.value}`)
    family.samples.push(sample)
  }
  return new Map([...families].map(([name, family]) => [name, closed(name, family)]))
}

function closed(name: string, { help, type, samples }: OpenFamily): ExpositionFamily {
  if (help === undefined || type === undefined) throw new Error(`${name} lacks HELP or TYPE`)
  if (samples.length === 0) throw new Error(`${name} has no sample`)
  return { help, type, samples }
}

function readSample(line: string): ExpositionSample {
  const found = sampleShape.exec(line)
  if (found === null) throw new Error(`no sample: ${line}`)
  const [, name, labels = '', value] = found
  if (!nameShape.test(name)) throw new Error(`${name} is no name`)
  const number = value === 'NaN' ? NaN : value === '+Inf' ? Infinity : value === '-Inf' ? -Infinity : Number(value)
  if (value !== 'NaN' && (Number.isNaN(number) || !Number.isFinite(number))) throw new Error(`${value} is no number`)
  return { name, labels: readLabels(labels), value: number }
}

function readLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {}
  for (let rest = text; rest !== ''; ) {
    const found = labelShape.exec(rest)
    if (found === null) throw new Error(`no label: ${rest}`)
    const [all, name, value] = found
    if (name in labels) throw new Error(`label ${name} comes twice`)
    labels[name] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped))
    rest = rest.slice(all.length)
  }
  return labels
}
