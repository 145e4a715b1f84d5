// Source files in, broken rules of ARCHITECTURE.md out: layers, cycles, Node-only names, file names and lengths.
import { readFacts, type Facts, type Import } from './source-facts.ts'

/** Layers of src/, lowest first; those of one line are siblings and never import each other. */
export const layerOrder: readonly (readonly string[])[] = [
  ['errors'],
  ['page'],
  ['artifact'],
  ['regions'],
  ['rows'],
  ['observe'],
  ['backend', 'batching', 'cache', 'explain', 'resilience'],
  ['runtime'],
  ['crm', 'monitoring'],
  ['training'],
  ['cli'],
  ['index'],
]

/** What the rules let pass, each entry with its reason; an entry that is not needed breaks a rule itself. */
export type Exemptions = {
  /** Files that may use Node's own modules and globals, and that others reach by dynamic import only. */
  readonly rim: Readonly<Record<string, string>>
  /** Files with which a process begins: they do things on import, so nobody imports them. */
  readonly entry: Readonly<Record<string, string>>
  /** Files that may ask whether `globalThis` has a Node global, and run where it has not. */
  readonly detection: Readonly<Record<string, string>>
  /** Files of more than 300 lines. */
  readonly long: Readonly<Record<string, string>>
}

/** Paths from the repository's root (`src/errors.ts`) to their text. */
export type Sources = ReadonlyMap<string, string>

/** Packages that themselves need Node. */
const rimPackages = new Set(['@keyv/redis', 'pino', 'commander', 'cli-progress', 'csv-parse'])
const vagueWords = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'misc', 'manager'])
const vagueNames = new Set(['service', 'data', 'info'])
const converterImports = /^src\/(errors\.ts$|page\/|artifact\/|regions\/|rows\/|backend\/port\.ts$)/
const maxLines = 300

/** Every broken rule as one line of text that starts with the file's path. */
export function brokenRules(sources: Sources, exemptions: Exemptions, packages: ReadonlySet<string>): string[] {
  const facts = new Map([...sources].map(([path, text]) => [path, readFacts(path, text)]))
  const isRim = (path: string) => path.startsWith('src/cli/') || path in exemptions.rim
  const broken: string[] = []
  for (const [path, { imports, nodeNames: used, effects }] of facts) {
    const say = (rule: string) => broken.push(`${path}: ${rule}`)
    for (const edge of imports) {
      const { target } = edge
      const isLoadedAtOnce = !edge.isDynamic && !edge.isType
      if (target.startsWith('node:')) {
        if (!isRim(path)) say(`imports ${target} away from the rim`)
      } else if (target.startsWith('.')) {
        say(`imports ${target} without .ts`)
      } else if (!target.startsWith('src/') && !target.startsWith('converters/')) {
        if (!packages.has(packageOf(target))) say(`imports ${target}, which is not a dependency`)
        if (rimPackages.has(packageOf(target)) && isLoadedAtOnce && !isRim(path))
          say(`imports ${target}, which needs Node, without a dynamic import`)
      } else {
        if (!sources.has(target)) say(`imports ${target}, which is not there`)
        const fault = layerFault(path, edge)
        if (fault !== undefined) say(fault)
        if (target in exemptions.entry) say(`imports ${target}, with which a process begins`)
        if (isRim(target) && isLoadedAtOnce && !isRim(path))
          say(`imports ${target}, which is rim, without a dynamic import`)
      }
    }
    for (const name of used)
      if (!isRim(path) && !(name.startsWith('globalThis.') && path in exemptions.detection))
        say(`uses ${name} away from the rim`)
    if (effects > 0 && !path.startsWith('src/cli/') && !(path in exemptions.entry)) say('does something on import')
    const text = sources.get(path) ?? ''
    const lineCount = text.trimEnd().split('\n').length
    if (lineCount > maxLines && !(path in exemptions.long)) say(`has ${lineCount} lines and no reason for it`)
    if (!/^(#!.*\n)?\/\/ \S/.test(text)) say('does not begin with a sentence about what goes in and what comes out')
    for (const fault of nameFaults(path)) say(fault)
  }
  for (const cycle of cyclesOf(facts)) broken.push(`${cycle[0]}: is in the cycle ${cycle.join(' → ')}`)
  for (const path of Object.keys(exemptions.rim)) {
    const fact = facts.get(path)
    if (fact === undefined || (fact.nodeNames.length === 0 && !fact.imports.some(reachesRim)))
      broken.push(`${path}: is listed as rim and needs no entry`)
  }
  for (const path of Object.keys(exemptions.entry))
    if (!facts.get(path)?.effects) broken.push(`${path}: is listed as entry and needs no entry`)
  for (const path of Object.keys(exemptions.detection))
    if (facts.get(path)?.nodeNames.some((name) => name.startsWith('globalThis.')) !== true)
      broken.push(`${path}: is listed as detection and needs no entry`)
  for (const path of Object.keys(exemptions.long))
    if ((sources.get(path) ?? '').trimEnd().split('\n').length <= maxLines)
      broken.push(`${path}: is listed as long and needs no entry`)
  return broken.sort()

  function reachesRim({ target }: Import): boolean {
    return target.startsWith('node:') || isRim(target) || rimPackages.has(packageOf(target))
  }
}

function layerFault(path: string, { target, isDynamic, isType }: Import): string | undefined {
  const [fromTree, fromLayer] = placeOf(path)
  const [toTree, toLayer] = placeOf(target)
  if (fromTree === 'src' && toTree === 'converters') {
    if (fromLayer !== 'cli' && fromLayer !== 'training') return `imports ${target}: only cli and training may`
    return isDynamic || isType ? undefined : `imports ${target} without a dynamic import`
  }
  if (fromTree === 'converters' && toTree === 'src') {
    const isAllowed =
      converterImports.test(target) || (path === 'converters/index.ts' && target.startsWith('src/backend/'))
    return isAllowed ? undefined : `imports ${target}, which converters may not`
  }
  if (fromTree !== 'src' || fromLayer === toLayer) return undefined
  const fromRank = layerOrder.findIndex((layers) => layers.includes(fromLayer))
  const toRank = layerOrder.findIndex((layers) => layers.includes(toLayer))
  if (fromRank < 0) return `lies in ${fromLayer}, which is no layer`
  if (toRank < fromRank) return undefined
  return toRank === fromRank ? `imports its sibling layer ${toLayer}` : `imports the higher layer ${toLayer}`
}

function placeOf(path: string): [tree: string, layer: string] {
  const [tree, layer] = path.split('/')
  return [tree ?? '', (layer ?? '').replace(/\.ts$/, '')]
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function nameFaults(path: string): string[] {
  const names = path.replace(/(\.d)?\.ts$/, '').split('/')
  return names.flatMap((name) => {
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) return [`${name} is not kebab-case`]
    const isVague = vagueNames.has(name) || name.split('-').some((word) => vagueWords.has(word))
    return isVague ? [`${name} names no idea`] : []
  })
}

function cyclesOf(facts: ReadonlyMap<string, Facts>): string[][] {
  const cycles: string[][] = []
  const done = new Set<string>()
  const walk = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path)
    if (start >= 0) cycles.push([...trail.slice(start), path])
    if (start >= 0 || done.has(path)) return
    for (const edge of facts.get(path)?.imports ?? []) if (!edge.isDynamic) walk(edge.target, [...trail, path])
    done.add(path)
  }
  for (const path of facts.keys()) walk(path, [])
  return cycles
}
