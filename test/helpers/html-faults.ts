// A page in, what keeps it from being a self-contained and well-formed one out.

const voidTags = new Set(['meta', 'br', 'hr', 'img'])
/** One tag, or anything else that begins with `<`. */
const tagPattern = /<(?:!doctype html|(\/?)([a-z][a-z0-9]*)((?:\s+[a-zA-Z][\w:-]*="[^"<]*")*)\s*(\/?))>|<|>/gi

export function htmlFaults(page: string): string[] {
  const faults: string[] = []
  const open: string[] = []
  const body = page.replace(/<style>[^<]*<\/style>/, '')
  for (const [text, slash, name, attributes = '', closing] of body.matchAll(tagPattern)) {
    if (text.toLowerCase() === '<!doctype html>') continue
    // a lone > is text to every browser
    if (text === '>') continue
    if (name === undefined) faults.push('a < that begins no tag')
    else if (slash === '/') {
      const last = open.pop()
      if (last !== name) faults.push(`</${name}> where ${last ?? 'nothing'} is open`)
    } else {
      if (['script', 'iframe', 'object', 'embed', 'link', 'img', 'base', 'form'].includes(name.toLowerCase()))
        faults.push(`a ${name}`)
      for (const [, attribute] of attributes.matchAll(/([\w:-]+)="[^"]*"/g))
        if (/^(src|srcset|href|on\w+|style|xlink:href)$/i.test(attribute)) faults.push(`an attribute ${attribute}`)
      if (closing !== '/' && !voidTags.has(name)) open.push(name)
    }
  }
  if (open.length > 0) faults.push(`never closed: ${open.join(', ')}`)
  if (/url\(|@import/i.test(page)) faults.push('something that is loaded')
  return faults
}
