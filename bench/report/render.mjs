// The JSON of every question in; bench/RESULTS.md and the plots beside it out.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { linePlot } from './line-plot.mjs'
import { resultsUrl, verdict, versionText } from './result.mjs'

const bench = new URL('../', import.meta.url)
const plots = new URL('plots/', bench)

/** In the order of `questions`; those without a result are left out. */
export function renderResults(questions) {
  const results = questions
    .map((question) => new URL(`${question}.json`, resultsUrl))
    .filter((url) => existsSync(url))
    .map((url) => JSON.parse(readFileSync(url, 'utf8')))
  const written = new Set(results.flatMap((result) => result.plots.filter(writePlot).map(({ file }) => file)))
  for (const file of existsSync(plots) ? readdirSync(plots) : []) if (!written.has(file)) rmSync(new URL(file, plots))
  writeFileSync(
    new URL('RESULTS.md', bench),
    [...head(results), ...results.flatMap((r) => section(r, written))].join('\n'),
  )
  return results
}

function writePlot(plot) {
  const svg = linePlot(plot)
  if (svg === undefined) return false
  mkdirSync(plots, { recursive: true })
  writeFileSync(new URL(plot.file, plots), svg)
  return true
}

function head(results) {
  const bars = results.flatMap((result) => result.bars.map((bar) => ({ ...bar, question: result.question })))
  const count = (isMet) => bars.filter((bar) => bar.isMet === isMet).length
  return [
    '# Results',
    '',
    'Written by `npm run bench`; no number is typed by hand. Medians of interleaved rounds, peers in one run, answers compared with',
    'scikit-learn’s before anything is timed. Ratios are “how many times as fast as”.',
    '',
    `${count(true)} of ${bars.length} bars are met, ${count(false)} are not${count(undefined) > 0 ? `, ${count(undefined)} were not measured` : ''}.`,
    '',
    ...table(
      ['question', 'bar', 'wanted', 'got', ''],
      bars.map(({ question, what, wanted, got, isMet }) => [
        question,
        what,
        wanted,
        got,
        isMet ? 'met' : `**${verdict(isMet)}**`,
      ]),
    ),
  ]
}

function section(
  { question, title, method, machine, node, commit, date, versions, tables, notes, plots: drawn, text },
  written,
) {
  return [
    `## ${title}`,
    '',
    `\`node bench/${question}.mjs\`: ${date}, ${machine}, Node ${node}, commit ${commit}; ${versionText(versions)}.`,
    '',
    method,
    '',
    ...tables.flatMap(({ caption, header, rows }) => [`**${caption}**`, '', ...table(header, rows)]),
    ...drawn.filter(({ file }) => written.has(file)).map((plot) => `![${plot.title}](plots/${plot.file})`),
    ...(drawn.length > 0 ? [''] : []),
    ...notes.map((note) => `- ${note}`),
    ...(notes.length > 0 ? [''] : []),
    ...(text === undefined ? [] : ['```text', text.trim(), '```', '']),
  ]
}

function table(header, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(header), line(header.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line), '']
}
