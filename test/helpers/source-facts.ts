// One source file in; what it imports, which of Node's globals it uses and what it does on import out.
import ts from 'typescript'

/** `target` is a path from the repository's root, or a package or built-in as written. */
export type Import = { readonly target: string; readonly isDynamic: boolean; readonly isType: boolean }
/** `nodeNames` are the globals of Node that it uses; `effects` the statements that do something on import. */
export type Facts = {
  readonly imports: readonly Import[]
  readonly nodeNames: readonly string[]
  readonly effects: number
}

const nodeNames = new Set(['Buffer', 'process', 'require', '__dirname', '__filename', 'global', 'setImmediate'])

/** Facts of the file at `path`, whose text is `text`. */
export function readFacts(path: string, text: string): Facts {
  const imports: Import[] = []
  const used = new Set<string>()
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS)
  const add = (specifier: ts.Node | undefined, isDynamic: boolean, isType: boolean) => {
    if (specifier !== undefined && ts.isStringLiteralLike(specifier))
      imports.push({ target: resolve(path, specifier.text), isDynamic, isType })
    else if (isDynamic) used.add('import() of a computed path')
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, false, node.importClause?.isTypeOnly === true)
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, false, node.isTypeOnly)
    else if (ts.isImportTypeNode(node))
      add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, false, true)
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], true, false)
    else if (ts.isIdentifier(node) && nodeNames.has(node.text)) {
      if (isOfGlobalThis(node)) used.add(`globalThis.${node.text}`)
      else if (isReference(node)) used.add(node.text)
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  for (const name of ownNames(file)) used.delete(name)
  // `globalThis.setImmediate ?? …` is how a file asks for it and still runs elsewhere.
  used.delete('globalThis.setImmediate')
  const effects = file.statements.filter((statement) => isEffect(statement, file)).length
  return { imports, nodeNames: [...used], effects }
}

/** True for a bare import, and for a call or assignment on import that touches anything but this file's own constants. */
function isEffect(statement: ts.Node, file: ts.SourceFile): boolean {
  if (ts.isImportDeclaration(statement)) return statement.importClause === undefined
  if (ts.isFunctionLike(statement) || ts.isClassLike(statement)) return false
  if (!ts.isExpressionStatement(statement))
    return ts.forEachChild(statement, (child) => isEffect(child, file) || undefined) === true
  const { expression } = statement
  if (ts.isStringLiteral(expression)) return false
  let root = ts.isBinaryExpression(expression) ? expression.left : expression
  if (ts.isCallExpression(root) && ts.isIdentifier(root.expression)) return true
  while (ts.isCallExpression(root) || ts.isPropertyAccessExpression(root) || ts.isElementAccessExpression(root))
    root = root.expression
  const name = root.getText()
  const isOwn = (node: ts.Node): boolean =>
    (ts.isVariableDeclaration(node) && node.name.getText() === name) ||
    ts.forEachChild(node, (child) => isOwn(child) || undefined) === true
  return !isOwn(file)
}

/** True for `globalThis.process`, `(globalThis as …).process` and `const { process } = globalThis`. */
function isOfGlobalThis(node: ts.Identifier): boolean {
  const { parent } = node
  const isGlobalThis = (source: ts.Node | undefined) => /^\(?globalThis\b/.test(source?.getText() ?? '')
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node && isGlobalThis(parent.expression)
  return (
    ts.isBindingElement(parent) &&
    (parent.propertyName ?? parent.name) === node &&
    ts.isVariableDeclaration(parent.parent.parent) &&
    isGlobalThis(parent.parent.parent.initializer)
  )
}

/** True where the name stands for a value, and is not the key of a property or of a type. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node
  const isKey =
    ts.isPropertySignature(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isBindingElement(parent) ||
    ts.isQualifiedName(parent) ||
    ts.isNamedTupleMember(parent)
  return !isKey
}

/** Names that the file itself declares as variables or parameters. */
function ownNames(node: ts.Node): string[] {
  const isDeclaration = ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node)
  const own = isDeclaration && ts.isIdentifier(node.name) ? [node.name.text] : []
  ts.forEachChild(node, (child) => void own.push(...ownNames(child)))
  return own
}

function resolve(from: string, specifier: string): string {
  return specifier.startsWith('.') && specifier.endsWith('.ts')
    ? new URL(specifier, `file:///${from}`).pathname.slice(1)
    : specifier
}
