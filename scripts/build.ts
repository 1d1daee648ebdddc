import { spawn } from 'node:child_process'
import { cp, glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

/** The published packages by name, in the order in which they are built: each leans only on those before it. */
export const packages = {
  keelson: 'engine',
  '@keelson/contexts': 'contexts',
  '@keelson/server': 'server',
  '@keelson/console': 'console',
} as const
export type PackageName = keyof typeof packages

const root = join(import.meta.dirname, '..')
const compiled = ['engine', 'contexts', 'server'] as const
/** Files beside the code that it reads at run time. */
const assets = ['**/*.sql']

export interface BuildOptions {
  /** Where the console goes; default its `dist`. */
  readonly consoleOut?: string
  /** Leaves the check of types out, where they were checked before; default false. */
  readonly isChecked?: boolean
}

/** Emits `dist/` of the packages that are compiled from TypeScript, and the console's. */
export async function build({
  consoleOut = join(root, 'console/dist'),
  isChecked = false,
}: BuildOptions = {}): Promise<void> {
  const builtConsole = run('vite', ['build', '--logLevel', 'warn', '--outDir', consoleOut, '--emptyOutDir'], {
    folder: join(root, 'console'),
    // What runs the build (a test, a shell) may have another; the console would come out as a development build.
    environment: { NODE_ENV: 'production' },
  })
  for (const folder of compiled) await compile(join(root, folder), isChecked ? ['--noCheck'] : [])
  await builtConsole
}

async function compile(folder: string, flags: readonly string[]): Promise<void> {
  await rm(join(folder, 'dist'), { recursive: true, force: true })
  await run('tsc', ['-p', 'tsconfig.build.json', ...flags], { folder })
  for await (const file of glob('**/*.d.ts', { cwd: join(folder, 'dist') })) {
    const path = join(folder, 'dist', file)
    await writeFile(path, toEmittedNames(await readFile(path, 'utf8')))
  }
  for await (const file of glob(assets, { cwd: join(folder, 'src') })) {
    await mkdir(dirname(join(folder, 'dist', file)), { recursive: true })
    await cp(join(folder, 'src', file), join(folder, 'dist', file))
  }
}

/** The compiler rewrites `./x.ts` in code, but leaves it in declarations, where it names a file that is not published. */
export function toEmittedNames(declarations: string): string {
  return declarations.replace(/((?:from|import) ?\(?['"]\.{1,2}\/[^'"]*)\.ts(['"])/g, '$1.js$2')
}

interface Manifest {
  readonly files?: readonly string[]
  readonly exports?: Readonly<Record<string, unknown>>
  readonly imports?: Readonly<Record<string, unknown>>
  readonly [member: string]: unknown
}

/** Copies what is published of a package to `folder`; `dist` is where it was built. */
export async function stagePackage(
  name: PackageName,
  folder: string,
  dist: string = join(root, packages[name], 'dist'),
): Promise<void> {
  const home = join(root, packages[name])
  const manifest = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as Manifest
  await mkdir(folder, { recursive: true })
  for (const entry of manifest.files ?? [])
    await cp(entry === 'dist' ? dist : join(home, entry), join(folder, entry), { recursive: true })
  for (const file of ['README.md', 'CHANGELOG.md']) await cp(join(home, file), join(folder, file))
  await cp(join(root, 'LICENSE'), join(folder, 'LICENSE'))
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(toPublished(manifest), null, 2)}\n`)
}

/** The manifest without what only a checkout has: the condition that resolves to sources, development tools, scripts. */
export function toPublished(manifest: Manifest): Manifest {
  const { devDependencies: _, scripts: __, ...kept } = manifest
  return {
    ...kept,
    files: [...(manifest.files ?? []), 'CHANGELOG.md'],
    exports: withoutSource(manifest.exports) as Manifest['exports'],
    ...(manifest.imports && { imports: toEmittedFiles(manifest.imports) }),
  } as Manifest
}

function withoutSource(conditions: unknown): unknown {
  if (typeof conditions !== 'object' || conditions === null) return conditions
  const kept = Object.entries(conditions).filter(([name]) => name !== 'source')
  return Object.fromEntries(kept.map(([name, target]) => [name, withoutSource(target)]))
}

/** A package's own `#` names lead to sources in a checkout, whatever runs there. */
function toEmittedFiles(conditions: unknown): unknown {
  if (typeof conditions === 'string') return conditions.replace(/^\.\/src\/(.*)\.ts$/, './dist/$1.js')
  if (typeof conditions !== 'object' || conditions === null) return conditions
  return Object.fromEntries(
    Object.entries(conditions).map(([name, target]) => [name, toEmittedFiles(target)]),
  )
}

/**
 * Runs a tool of the workspace and gives what it printed.
 *
 * @throws Error with its output where it fails.
 */
export function run(
  tool: string,
  args: readonly string[],
  options: { readonly folder: string; readonly environment?: NodeJS.ProcessEnv },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(tool, args, {
      cwd: options.folder,
      env: { ...toolEnvironment(), ...options.environment },
    })
    let output = ''
    child.stdout.on('data', chunk => (output += chunk))
    child.stderr.on('data', chunk => (output += chunk))
    child.on('error', reject)
    child.on('close', code => {
      const text = stripVTControlCharacters(output)
      if (code === 0) resolve(text)
      else reject(new Error(`${tool} ${args.join(' ')} ended with ${code} in ${options.folder}:\n${text}`))
    })
  })
}

/** The environment without what npm tells the scripts that it runs: an npm inside of one would take it for settings. */
function toolEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name) && name !== 'NODE_OPTIONS')
  const path = `${join(root, 'node_modules/.bin')}:${process.env['PATH']}`
  return { ...Object.fromEntries(kept), PATH: path, NO_COLOR: '1' }
}

if (import.meta.main) {
  const started = performance.now()
  await build()
  console.log(
    `Built ${Object.keys(packages).join(', ')} in ${((performance.now() - started) / 1000).toFixed(1)} s`,
  )
}
