// Titles and cells in, a page out that shows them and does nothing else.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { htmlPage, htmlTable, paragraph } from '../../src/page/html-page.ts'
import { htmlFaults } from '../helpers/html-faults.ts'

test('shows any text as it is, whatever it looks like', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('<script>', '</title>', '" onload="', '&lt;'),
      (a, b) => {
        const page = htmlPage(a + b, [{ title: b + a, body: paragraph(b) + htmlTable([a, b], [[b, { number: a }]]) }])
        expect(htmlFaults(page)).toEqual([])
        expect(page).not.toContain('<script')
      },
    ),
    { numRuns: 200 },
  )
})

test('has no head above a table without a header', () => {
  expect(htmlTable([], [['a', { verdict: true }]])).toBe(
    '<table><tbody>\n<tr><td>a</td><td class="yes">passed</td></tr>\n</tbody></table>',
  )
})
