// What one question found in; the same on stdout and as JSON for RESULTS.md out.

import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { printTable } from '../harness.mjs'
import { readFacts } from './facts.mjs'

const root = fileURLToPath(new URL('../../', import.meta.url))

export const resultsUrl = new URL('../.cache/results/', import.meta.url)

/**
 * Gathers what a question finds: tables of text, bars of the issue, notes, plots; `save` prints and stores it.
 * A bar is `{ what, wanted, got, isMet }`; `isMet` undefined where it could not be measured.
 */
export function createResult(question, title, method) {
  const result = { question, title, method, tables: [], bars: [], notes: [], plots: [], ...readFacts() }
  return {
    table: (caption, header, rows) => result.tables.push({ caption, header, rows: rows.map((row) => row.map(String)) }),
    bar: (what, wanted, got, isMet) => result.bars.push({ what, wanted, got: String(got), isMet }),
    note(text) {
      // messages of errors name files, and where the repository lies is nobody's business
      const shown = text.replaceAll(root, '')
      if (!result.notes.includes(shown)) result.notes.push(shown)
    },
    version: (name, version) => (result.versions[name] = version),
    plot: (plot) => result.plots.push({ ...plot, file: `${question}-${plot.file}.svg` }),
    save() {
      print(result)
      mkdirSync(resultsUrl, { recursive: true })
      writeFileSync(new URL(`${question}.json`, resultsUrl), JSON.stringify(result, null, 1))
    },
  }
}

function print({ title, method, tables, bars, notes, machine, node, commit, versions }) {
  console.log(`${title}\n${machine}, Node ${node}, at ${commit}; ${versionText(versions)}\n${method}\n`)
  for (const { caption, header, rows } of tables) {
    console.log(caption)
    printTable(header, rows)
  }
  if (bars.length > 0)
    printTable(
      ['bar', 'wanted', 'got', ''],
      bars.map(({ what, wanted, got, isMet }) => [what, wanted, got, verdict(isMet)]),
    )
  for (const note of notes) console.log(`* ${note}`)
}

export function versionText(versions) {
  return Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')
}

export function verdict(isMet) {
  return isMet === undefined ? 'not measured' : isMet ? 'met' : 'not met'
}

/** Said at once, since a question may take minutes. */
export function progress(text) {
  process.stderr.write(`  ${text}\n`)
}

/** Three digits, as no bench here knows a fourth. */
export function digits(value) {
  if (!Number.isFinite(value)) return '–'
  const text = value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
  return Number(text) >= 1000 ? Number(text).toLocaleString('en') : text
}

export function times(ratio) {
  return Number.isFinite(ratio) ? `${digits(ratio)} ×` : '–'
}
