import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { docsKey, withServer } from '../scripts/docs/http.ts'
import type { Sections } from '../scripts/docs.ts'
import { fillSections, markdownFiles, renderSections, sectionsOf } from '../scripts/docs.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const files = markdownFiles()
const how = 'run: npx node --conditions=source scripts/docs.ts'

/** Texts of fenced blocks are not prose: links and markers in them are examples. */
const prose = (text: string) => text.replace(/^```[\s\S]*?^```$/gm, '')

describe('the documentation', () => {
  let sections: Sections
  beforeAll(async () => {
    sections = await renderSections()
  })

  test('is there', () => {
    expect(files).toEqual(
      expect.arrayContaining(['README.md', 'docs/README.md', 'docs/reference/http-api.md']),
    )
  })

  test.each(files.filter(path => read(path).includes('from the code:')))('%s agrees with the code', path => {
    const text = read(path)
    expect(sectionsOf(text).length, 'each section has its end').toBe(
      text.match(/<!-- from the code:/g)?.length,
    )
    expect(fillSections(text, sections), how).toBe(text)
  })

  test('shows every section somewhere', () => {
    const shown = new Set(files.flatMap(path => sectionsOf(read(path))))
    expect([...shown].sort()).toEqual(Object.keys(sections).sort())
  })

  test('leaves nothing unsaid in what comes from the code', () => {
    const cells = Object.values(sections).flatMap(text => text.match(/\| +\|$/gm) ?? [])
    expect(cells).toEqual([])
  })

  test('lists only flags that a command has', () => {
    const flags = [...(sections['settings'] as string).matchAll(/`(--[a-z-]+)`/g)].map(
      match => match[1] as string,
    )
    expect(flags.length).toBeGreaterThan(5)
    for (const flag of flags) expect(sections['commands']).toContain(`${flag} <`)
  })

  test.each(files)('%s links to files that are there', path => {
    const links = [...prose(read(path)).matchAll(/(!?)\[[^\]]*\]\(([^)#\s]+)/g)]
    const missing = links
      .filter(([, image, target]) => image === '' && !/^[a-z]+:/.test(target as string))
      .filter(([, , target]) => !existsSync(join(root, dirname(path), target as string)))
      .map(([, , target]) => target)
    expect(missing).toEqual([])
  })

  test('has every page in its index', () => {
    const index = read('docs/README.md')
    for (const path of files.filter(path => path.startsWith('docs/') && path !== 'docs/README.md'))
      expect(index, path).toContain(`(${path.slice('docs/'.length)})`)
  })

  test('fails on a section that differs or is unknown', () => {
    const text = '<!-- from the code: errors -->\n\nold\n\n<!-- end -->'
    expect(fillSections(text, { errors: 'new' })).toBe(
      '<!-- from the code: errors -->\n\nnew\n\n<!-- end -->',
    )
    expect(() => fillSections(text, {})).toThrow('errors')
  })
})

interface Call {
  readonly file: string
  readonly path: string
  readonly body: string
}

/** The requests that the guides tell to send: bodies of `curl`, and events that `echo` pipes into the importer. */
function calls(file: string): Call[] {
  const text = read(file)
  const curls = [...text.matchAll(/curl http:\/\/127\.0\.0\.1:4680(\S+)[\s\S]*?-d '(.*)'/g)].map(
    ([, path = '', body = '']) => ({ file, path, body }),
  )
  const echoes = [...text.matchAll(/echo '(\{.*)'/g)].map(([, body = '']) => ({
    file,
    path: '/v1/events',
    body,
  }))
  return [...curls, ...echoes]
}

describe('the commands in the guides', () => {
  const sent = files.flatMap(calls)

  test('are found', () => {
    expect(sent.filter(call => call.file === 'README.md')).toHaveLength(3)
    expect(sent.filter(call => call.file === 'docs/how-to/first-events.md')).toHaveLength(5)
  })

  test('are taken by the server', async () => {
    await withServer(async ({ app }) => {
      const post = async (path: string, body: string) => {
        const headers = {
          authorization: `Bearer ${docsKey}`,
          'content-type': 'application/json',
          ...(path === '/v1/tenants' ? {} : { 'keelson-tenant': 'acme' }),
        }
        return app.inject({ method: 'POST', url: path, headers, body })
      }
      const ordered = [...sent].sort((a, b) => rank(a) - rank(b))
      for (const { file, path, body } of ordered) {
        const answer = await post(path, body)
        // Two guides may show the same event, of which the second is a repeat; nothing else is a success.
        expect([200, 201], `${file} ${path}: ${answer.body}`).toContain(answer.statusCode)
      }
    })
  })

  const rank = (call: Call): number => (call.path === '/v1/tenants' ? 0 : 1)
})
