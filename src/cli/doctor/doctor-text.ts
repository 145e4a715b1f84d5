// What doctor found in, aligned text for people out.

import { bytesText, countText, errorText } from '../number-text.ts'
import { textTable } from '../text-table.ts'
import type { BackendFinding, DoctorReport } from './doctor-report.ts'

export function doctorText(report: DoctorReport): string {
  const { library, node, platform, backends, picked, why, caches, isFit } = report
  const { os, architecture, processor, coreCount, memoryByteLength } = platform
  const facts = [
    [library.name, library.version],
    ['Node', `${node.version} (wants ${node.wanted})${node.isSupported ? '' : '  NOT SUPPORTED'}`],
    ['platform', `${os}, ${architecture}`],
    ['processor', `${processor}, ${coreCount} cores`],
    ['memory', bytesText(memoryByteLength)],
  ]
  const backendRows = backends.map((found) => [
    `${found.name}${found.name === picked ? ' *' : ''}`,
    found.isAvailable ? 'yes' : 'no',
    found.largestDifference === null ? '' : errorText(found.largestDifference),
    found.microsPerRow === null ? '' : countText(found.microsPerRow.alone),
    found.microsPerRow === null ? '' : found.microsPerRow.inBatch.toPrecision(3),
    [found.finding, found.library ?? (found.isAvailable ? found.package : null), found.device]
      .filter((part) => part !== null)
      .join('; '),
  ])
  const remedies = [...backends, ...caches].flatMap(({ name, remedy }) => (remedy === null ? [] : [[name, remedy]]))
  return [
    textTable({ rows: facts }),
    textTable({
      header: ['backend', 'there', 'off by', 'µs alone', 'µs in batch', 'finding'],
      rows: backendRows,
      right: [2, 3, 4],
    }),
    `${picked === null ? '' : `* what auto picks: ${why ?? ''}.\n`}Asked: the demo model, against scikit-learn's own answers; from predict to answer.\n`,
    ...batchTable(report),
    textTable({
      header: ['cache', 'there', 'finding'],
      rows: caches.map(({ name, isAvailable, package: installed, finding }) => [
        name,
        isAvailable ? 'yes' : 'no',
        installed === null ? finding : `${finding}; ${installed}`,
      ]),
    }),
    ...(remedies.length === 0 ? [] : [textTable({ header: ['to mend', 'run'], rows: remedies })]),
    isFit ? 'Fit to serve models.\n' : 'NOT fit to serve models: see above.\n',
  ].join('\n')
}

/** What runs cost by batch size, and whose each size is. */
function batchTable({ backends, picked, kernelMaxRows = 0 }: DoctorReport): string[] {
  const timed = backends.filter(({ timings = [] }) => timings.length > 0)
  const sizes = [...new Set(timed.flatMap(({ timings = [] }) => timings.map(({ rowCount }) => rowCount)))]
  sizes.sort((a, b) => a - b)
  if (sizes.length === 0) return []
  const takerOf = (rowCount: number): string => (rowCount <= kernelMaxRows ? 'kernel' : (picked ?? ''))
  const microsAt = ({ timings = [] }: BackendFinding, size: number): string =>
    shortText(timings.find(({ rowCount }) => rowCount === size)?.microsPerRow)
  const table = textTable({
    header: ['µs a row, runs of', ...sizes.map(countText)],
    rows: [
      ...timed.map((found) => [found.name, ...sizes.map((size) => microsAt(found, size))]),
      ...(picked === null ? [] : [['taken by', ...sizes.map(takerOf)]]),
    ],
    right: sizes.map((_, i) => i + 1),
  })
  return [table]
}

function shortText(micros: number | undefined): string {
  if (micros === undefined) return ''
  return micros >= 1000 ? countText(micros) : micros.toPrecision(3)
}
