// A head in, how many raw columns it reads out.

import type { ColumnRange, Head } from './head.ts'

/** End of the last raw column that answers are made of. */
export function headWidth(head: Head): number {
  switch (head.kind) {
    case 'classifier':
      return endOf(head.targets)
    case 'labels':
      return endOf(head.targets.flatMap(({ label, probabilities, scores }) => [label, probabilities, scores]))
    case 'multilabel':
      return endOf([{ start: 0, width: head.classes.length }, head.label, head.scores])
    case 'regressor':
      return head.targetCount
    case 'transformer':
      return head.width
  }
}

function endOf(ranges: readonly (ColumnRange | undefined)[]): number {
  return ranges.reduce((end, range) => (range === undefined ? end : Math.max(end, range.start + range.width)), 0)
}
