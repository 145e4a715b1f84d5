// A title and sections of HTML in, one self-contained page out: no script, no font and no image from elsewhere.

import { escapeXml } from './svg-plot.ts'

const style = `
body{font:14px/1.5 system-ui,sans-serif;color:#1f2328;background:#fff;max-width:1080px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem;border-bottom:1px solid #d8dee4;padding-bottom:.2rem}
table{border-collapse:collapse;margin:.8rem 0}th,td{border:1px solid #d8dee4;padding:.25rem .6rem;text-align:left;vertical-align:top}
th{background:#f6f8fa}td.n{text-align:right;font-variant-numeric:tabular-nums}
.plots{display:flex;flex-wrap:wrap;gap:1rem}.no{color:#b3261e;font-weight:600}.yes{color:#1a7f37}
pre{background:#f6f8fa;padding:.6rem .8rem;overflow-x:auto;font-size:12px;line-height:1.4}
code{background:#f6f8fa;padding:.1rem .3rem;overflow-wrap:anywhere}
`

export type Section = { readonly title: string; readonly body: string }

export function htmlPage(title: string, sections: readonly Section[]): string {
  const body = sections.map((section) => `<section><h2>${escapeXml(section.title)}</h2>\n${section.body}\n</section>`)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeXml(title)}</title>
<style>${style}</style></head>
<body><h1>${escapeXml(title)}</h1>
${body.join('\n')}
</body></html>
`
}

/** A cell is text, or a number that is shown to the right. */
export type Cell = string | { readonly number: string } | { readonly verdict: boolean }

/** Without a header the first cells of the rows say what they are. */
export function htmlTable(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const names = header.map((text) => `<th>${escapeXml(text)}</th>`).join('')
  const head = header.length === 0 ? '' : `<thead><tr>${names}</tr></thead>`
  const lines = rows.map((cells) => `<tr>${cells.map(cellHtml).join('')}</tr>`)
  return `<table>${head}<tbody>\n${lines.join('\n')}\n</tbody></table>`
}

function cellHtml(cell: Cell): string {
  if (typeof cell === 'string') return `<td>${escapeXml(cell)}</td>`
  if ('verdict' in cell) return `<td class="${cell.verdict ? 'yes">passed' : 'no">missed'}</td>`
  return `<td class="n">${escapeXml(cell.number)}</td>`
}

export function plots(svgs: readonly string[]): string {
  return `<div class="plots">\n${svgs.join('\n')}\n</div>`
}

export function paragraph(text: string): string {
  return `<p>${escapeXml(text)}</p>`
}

/** Lines as they are; long ones scroll. */
export function preformatted(text: string): string {
  return `<pre>${escapeXml(text)}</pre>`
}
