import { dirname, join } from 'node:path/posix'
import { parseAst } from 'vitest/node'

/** A file of the repository by its path from the root, with `/`. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}

/** One import or re-export: what stands in the quotes, and whether only types come through. */
export interface Import {
  readonly specifier: string
  readonly isTypeOnly: boolean
}

/** What the rules look at in a file. */
export interface ParsedFile extends SourceFile {
  readonly lines: number
  readonly imports: readonly Import[]
  readonly hasExportStar: boolean
  readonly readsEnvironment: boolean
  /** Names of `let` and `var` at the top level. */
  readonly mutableNames: readonly string[]
}

interface Node {
  readonly type: string
  readonly [member: string]: unknown
}

/** @throws SyntaxError where the file is not TypeScript. */
export function parseSource(file: SourceFile): ParsedFile {
  const program = parseAst(file.text, { lang: file.path.endsWith('.tsx') ? 'tsx' : 'ts' }) as unknown as Node
  const nodes = [...walk(program)]
  return {
    ...file,
    lines: file.text.split('\n').length - (file.text.endsWith('\n') ? 1 : 0),
    imports: nodes.flatMap(toImport),
    hasExportStar: nodes.some(node => node.type === 'ExportAllDeclaration'),
    readsEnvironment: nodes.some(isEnvironment),
    mutableNames: (program['body'] as Node[]).flatMap(mutableNames),
  }
}

function* walk(node: Node): Generator<Node> {
  yield node
  for (const member of Object.values(node)) {
    for (const child of Array.isArray(member) ? member : [member]) if (isNode(child)) yield* walk(child)
  }
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

const isNamed = (node: unknown, name: string): boolean => isNode(node) && node['name'] === name

function toImport(node: Node): Import[] {
  const source = node['source']
  const specifier = isNode(source) ? source['value'] : undefined
  if (typeof specifier !== 'string') return []
  switch (node.type) {
    case 'ImportDeclaration':
      return [{ specifier, isTypeOnly: node['importKind'] === 'type' || hasOnlyTypes(node, 'importKind') }]
    case 'ExportNamedDeclaration':
      return [{ specifier, isTypeOnly: node['exportKind'] === 'type' || hasOnlyTypes(node, 'exportKind') }]
    case 'ExportAllDeclaration':
      return [{ specifier, isTypeOnly: node['exportKind'] === 'type' }]
    case 'TSImportType':
      return [{ specifier, isTypeOnly: true }]
    default:
      return [{ specifier, isTypeOnly: false }]
  }
}

/** Whether each name of the list is marked `type`; an import without names runs the module. */
function hasOnlyTypes(node: Node, kind: string): boolean {
  const names = (node['specifiers'] ?? []) as Node[]
  return names.length > 0 && names.every(name => name[kind] === 'type')
}

/** `process.env` in any spelling: by dot or bracket, destructured, or imported from `node:process`. */
function isEnvironment(node: Node): boolean {
  const takesEnv = (pattern: unknown) =>
    isNode(pattern) &&
    ((pattern['properties'] ?? []) as Node[]).some(property => isNamed(property['key'], 'env'))
  switch (node.type) {
    case 'MemberExpression':
      return (
        isNamed(node['object'], 'process') &&
        (isNamed(node['property'], 'env') || (node['property'] as Node)['value'] === 'env')
      )
    case 'VariableDeclarator':
      return isNamed(node['init'], 'process') && takesEnv(node['id'])
    case 'ImportDeclaration':
      return (
        /^(node:)?process$/.test(String((node['source'] as Node)['value'])) &&
        (node['specifiers'] as Node[]).some(name => isNamed(name['imported'], 'env'))
      )
    default:
      return false
  }
}

function mutableNames(statement: Node): string[] {
  const declaration = statement.type === 'ExportNamedDeclaration' ? statement['declaration'] : statement
  if (!isNode(declaration) || declaration.type !== 'VariableDeclaration' || declaration['kind'] === 'const')
    return []
  return (declaration['declarations'] as Node[]).map(one =>
    String((one['id'] as Node)['name'] ?? 'a pattern'),
  )
}

/** Path of the file that a relative import names; undefined for a package. */
export function resolveRelative(file: SourceFile, specifier: string): string | undefined {
  return specifier.startsWith('.') ? join(dirname(file.path), specifier) : undefined
}
