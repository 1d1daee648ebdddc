import { existsSync, readdirSync, statSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import type { Exported } from '../../catalog/index.ts'
import { CommandFailure, exitCodes } from '../exit-code.ts'

/**
 * Writes a text to a file (or standard output where none is named), or texts to a folder. A folder that has anything
 * else in it is left alone, unless `isForced`.
 */
export async function writeOutput(
  made: Exported,
  output: string | undefined,
  isForced: boolean,
): Promise<void> {
  if (typeof made === 'string') {
    if (output === undefined || output === '-') return void process.stdout.write(made)
    await writeWhole(checkedFile(output), made)
    return said(output, 1)
  }
  if (output === undefined || output === '-')
    throw new CommandFailure('This format is of several files: name a folder with --output', exitCodes.usage)
  const folder = resolve(output)
  requireParent(folder)
  if (!isForced) refuseOthers(folder, made, output)
  for (const [path, text] of made) await writeWhole(inside(folder, path), text)
  said(output, made.size)
}

const said = (output: string, files: number): void =>
  void process.stderr.write(`${output}: ${files} ${files === 1 ? 'file' : 'files'}\n`)

/** Under another name first, so that nobody reads half a file. */
async function writeWhole(path: string, text: string): Promise<void> {
  const part = `${path}.part-${process.pid}`
  try {
    await mkdir(dirname(path), { recursive: true })
    if (existsSync(path) && (await readFile(path, 'utf8')) === text) return
    await writeFile(part, text)
    await rename(part, path)
  } catch (error) {
    await rm(part, { force: true })
    throw new CommandFailure(`${path} cannot be written: ${(error as Error).message}`, exitCodes.usage, error)
  }
}

function checkedFile(output: string): string {
  const path = resolve(output)
  requireParent(path)
  if (existsSync(path) && statSync(path).isDirectory())
    throw new CommandFailure(`${output} is a folder; this format is one file`, exitCodes.usage)
  return path
}

/** A place far from anything that is there is more likely a slip than a wish. */
function requireParent(path: string): void {
  if (!existsSync(dirname(path)))
    throw new CommandFailure(`There is no folder ${dirname(path)} for the export`, exitCodes.usage)
}

/** Names in a catalogue may come from a server: none may lead out of the folder. */
function inside(folder: string, path: string): string {
  const whole = join(folder, path)
  if (relative(folder, whole).startsWith('..'))
    throw new CommandFailure(`The path ${path} leads out of the folder`, exitCodes.failed)
  return whole
}

function refuseOthers(folder: string, made: ReadonlyMap<string, string>, output: string): void {
  if (!existsSync(folder)) return
  if (!statSync(folder).isDirectory())
    throw new CommandFailure(`${output} is a file; this format needs a folder`, exitCodes.usage)
  const other = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => !entry.isDirectory())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .find(path => !made.has(path))
  if (other !== undefined)
    throw new CommandFailure(
      `${output} has other things in it, such as ${other}: name another folder, or pass --force`,
      exitCodes.conflict,
    )
}
