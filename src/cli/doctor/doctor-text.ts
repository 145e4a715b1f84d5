// What doctor found in, aligned text for people out.

import { bytesText, countText, errorText } from '../number-text.ts'
import { textTable } from '../text-table.ts'
import type { DoctorReport } from './doctor-report.ts'

export function doctorText({ library, node, platform, backends, picked, caches, isFit }: DoctorReport): string {
  const { os, architecture, processor, coreCount, memoryByteLength } = platform
  const facts = [
    [library.name, library.version],
    ['Node', `${node.version} (wants ${node.wanted})${node.isSupported ? '' : '  NOT SUPPORTED'}`],
    ['platform', `${os}, ${architecture}`],
    ['processor', `${processor}, ${coreCount} cores`],
    ['memory', bytesText(memoryByteLength)],
  ]
  const backendRows = backends.map(
    ({ name, isAvailable, package: installed, largestDifference, microsPerRow, finding }) => [
      `${name}${name === picked ? ' *' : ''}`,
      isAvailable ? 'yes' : 'no',
      largestDifference === null ? '' : errorText(largestDifference),
      microsPerRow === null ? '' : countText(microsPerRow.alone),
      microsPerRow === null ? '' : microsPerRow.inBatch.toPrecision(3),
      installed === null || !isAvailable ? finding : `${finding}; ${installed}`,
    ],
  )
  const remedies = [...backends, ...caches].flatMap(({ name, remedy }) => (remedy === null ? [] : [[name, remedy]]))
  return [
    textTable({ rows: facts }),
    textTable({
      header: ['backend', 'there', 'off by', 'µs alone', 'µs in batch', 'finding'],
      rows: backendRows,
      right: [2, 3, 4],
    }),
    `* what auto picks. Asked: the demo model, against scikit-learn's own answers; from predict to answer.\n`,
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
