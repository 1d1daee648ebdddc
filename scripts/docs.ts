import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cliSections } from './docs/cli.ts'
import { errorSection } from './docs/errors.ts'
import { eventSection } from './docs/events.ts'
import { httpSections } from './docs/http.ts'
import { fenced } from './docs/table.ts'

/**
 * Parts of the Markdown files that are made from the code. A file has them between `<!-- from the code: NAME -->` and
 * `<!-- end -->`; running this script writes them anew, and a test holds them to what it would write.
 */
export type Sections = Readonly<Record<string, string>>

const root = join(import.meta.dirname, '..')
const section = /(<!-- from the code: (.+?) -->\n)([\s\S]*?)(<!-- end -->)/g

export async function renderSections(): Promise<Sections> {
  const example = async (name: string) =>
    fenced('ts', await readFile(join(root, 'examples', name, 'main.ts'), 'utf8'))
  return {
    ...(await httpSections()),
    ...(await cliSections()),
    errors: errorSection(),
    events: eventSection(),
    'example 01': await example('01-append-and-read'),
    'example 02': await example('02-publish-and-project'),
    ...(await exampleParts('example 05', '05-build-on-the-store/main.ts')),
    ...(await exampleParts('example 05 on PostgreSQL', '05-build-on-the-store/postgres.ts')),
    ...(await exampleParts('example 08', '08-hear-events/main.ts')),
    ...(await exampleParts('example 09', '09-publish-from-your-own-database/main.ts')),
    ...(await exampleParts('example 09 on PostgreSQL', '09-publish-from-your-own-database/postgres.ts')),
    ...(await exampleParts('example 10', '10-replay-events/main.ts')),
  }
}

/** A section for each part of an example, which begins with its number in a comment; the first has the imports. */
async function exampleParts(name: string, path: string): Promise<Sections> {
  const text = await readFile(join(root, 'examples', path), 'utf8')
  const [imports = '', ...parts] = text.split(/^(?=\/\/ \d+\. )/m)
  return Object.fromEntries(
    parts.map((part, index) => [
      `${name}, part ${index + 1}`,
      fenced('ts', (index === 0 ? imports + part : part).replace(/^\/\/ \d+\. /m, '// ')),
    ]),
  )
}

/** @throws Error where the text asks for a section that there is none of. */
export function fillSections(text: string, sections: Sections): string {
  return text.replace(section, (_, begin: string, name: string, __: string, end: string) => {
    const content = sections[name]
    if (content === undefined) throw new Error(`There is no section "${name}"`)
    return `${begin}\n${content}\n\n${end}`
  })
}

/** Names of the sections that a text has. */
export function sectionsOf(text: string): string[] {
  return [...text.matchAll(section)].map(match => match[2] as string)
}

/** Paths from the root of the Markdown files that git knows or would add. */
export function markdownFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], {
    cwd: root,
  }).toString()
  return [...new Set(listed.split('\n'))].filter(path => path !== '' && existsSync(join(root, path))).sort()
}

if (import.meta.main) {
  const sections = await renderSections()
  for (const path of markdownFiles()) {
    const text = await readFile(join(root, path), 'utf8')
    const filled = fillSections(text, sections)
    if (filled === text) continue
    await writeFile(join(root, path), filled)
    console.log(`Wrote ${path}`)
  }
}
