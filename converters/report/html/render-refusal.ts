// A source that cannot be converted, as inspectModel found it, and why in; one self-contained HTML page out.

import { htmlPage, htmlTable, paragraph, preformatted, plots, type Section } from '../../../src/page/html-page.ts'
import type { SourceInspection } from '../../convert/inspect-model.ts'
import { drawTree } from '../draw-tree.ts'
import { renderGraph } from '../graph/render-graph.ts'
import { bytesText } from '../report-text.ts'
import { featuresTable } from './report-tables.ts'

export type Refusal = { readonly code: string; readonly message: string }

/**
 * What is wrong, and all that could be read: steps with the columns that each got, up to the one that ends in `→ ?`.
 * @example
 * const inspection = await inspectModel('model.joblib')
 * if (inspection.kind === 'source') await writeFile('report.html', renderRefusal(inspection))
 */
export function renderRefusal(inspection: SourceInspection, refusals: readonly Refusal[] = []): string {
  const { file, format, byteLength, sha256, estimator, model, problems } = inspection
  const told = new Map([...refusals, ...problems].map((problem) => [problem.message, problem]))
  const sections: (Section | null)[] = [
    {
      title: 'What stands in the way',
      body: htmlTable(
        ['code', 'what'],
        [...told.values()].map(({ code, message }) => [code, message]),
      ),
    },
    {
      title: 'Source',
      body: htmlTable(
        [],
        [
          ['file', `${file} (${format}, ${bytesText(byteLength)} bytes)`],
          ['sha256', sha256],
        ],
      ),
    },
    estimator === null ? null : { title: 'Steps', body: preformatted(drawTree(estimator)) },
    estimator === null ? null : { title: 'Graph', body: plots([renderGraph(inspection)]) },
    model === null ? null : { title: 'Features', body: featuresTable(model.features) },
    model === null ? { title: 'Features', body: paragraph('Not known: the steps were not understood.') } : null,
  ]
  return htmlPage(
    `${file} was not converted`,
    sections.filter((section) => section !== null),
  )
}
