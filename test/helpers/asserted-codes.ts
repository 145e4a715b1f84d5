// Test files in, the error codes that they expect out: string literals, save those that only make an error.
import ts from 'typescript'

/** Codes among `codes` that the test file's text names other than as what `createError` or `new …Error` is given. */
export function assertedCodes(text: string, codes: ReadonlySet<string>): Set<string> {
  const found = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) && codes.has(node.text) && !isMaking(node.parent) && !isTitle(node.parent))
      found.add(node.text)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('a.test.ts', text, ts.ScriptTarget.Latest, true))
  return found
}

function isMaking(parent: ts.Node): boolean {
  if (ts.isNewExpression(parent)) return true
  return ts.isCallExpression(parent) && /(^|\.)createError$/.test(parent.expression.getText())
}

function isTitle(parent: ts.Node): boolean {
  return ts.isCallExpression(parent) && /^(test|it|describe)\b/.test(parent.expression.getText())
}
