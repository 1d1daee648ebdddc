import { execFile } from 'node:child_process'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const main = fileURLToPath(new URL('main.ts', import.meta.url))
/** Writes what was loaded as the last line of standard error. */
const hook = `
  import { registerHooks } from 'node:module'
  const loaded = []
  registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) })
  process.on('exit', () => process.stderr.write('\\n' + JSON.stringify(loaded)))`

/** Runs a command without a server, and gives its exit code and the paths of the modules that it loaded. */
function run(words: readonly string[]): Promise<{ readonly code: number; readonly loaded: string[] }> {
  const hooked = ['--import', `data:text/javascript,${encodeURIComponent(hook)}`]
  const environment = { KEELSON_URL: 'http://127.0.0.1:1', KEELSON_API_KEY: 'kl_of-nobody' }
  const { PATH, NODE_COMPILE_CACHE } = process.env
  return new Promise(resolve => {
    const options = { cwd: tmpdir(), env: { PATH, NODE_COMPILE_CACHE, HOME: tmpdir(), ...environment } }
    const args = ['--conditions=source', ...hooked, main, ...words]
    const child = execFile(process.execPath, args, options, (error, _, err) => {
      const urls = JSON.parse(err.slice(err.lastIndexOf('\n'))) as string[]
      const loaded = urls.filter(url => url.startsWith('file:')).map(url => fileURLToPath(url))
      resolve({ code: error === null ? 0 : Number(error.code), loaded })
    })
    child.stdin?.end()
  })
}

/** The command line, what says where a server is, how many of something is said, and what reads flags. */
const isLight = (path: string): boolean =>
  /\/server\/src\/((cli|start)\/|api\/counted\.ts$)|\/node_modules\/commander\//.test(path)

describe('a command', () => {
  it.concurrent.each([
    [['--help'], 0],
    [['--version'], 0],
    [['doctor', '--help'], 0],
    [['start', '--port', 'http'], 2],
    [['query', 'words'], 6],
    [['ingest', '--format', 'keelson'], 6],
    [['tail'], 6],
    [['subscriptions', 'list'], 6],
    [['dead-letters', 'groups'], 6],
    [['dead-letters', 'discard', 'name', '--all', '--reason', 'wrong'], 6],
    [['replay', 'list'], 6],
    [['log', 'status'], 6],
    [['erasures', 'list'], 6],
    [['erasures', 'approve', 'id', '--sign-with', 'nothing-is-here'], 2],
    [['approvers', 'list'], 6],
    [['retention', 'apply', 'policy', '--dry-run'], 6],
  ])('that only asks a server loads neither the engine nor the server: %j', async (words, code) => {
    const ended = await run(words)
    expect(ended.code).toBe(code)
    expect(ended.loaded).toContain(main)
    expect(ended.loaded.filter(path => !isLight(path))).toEqual([])
  })

  it('that opens a store loads the engine, and no server', async () => {
    const { code, loaded } = await run(['doctor', '--data-dir', 'nothing-is-here'])
    expect(code).toBe(3)
    expect(loaded.some(path => path.includes('/engine/src/store/'))).toBe(true)
    expect(loaded.filter(path => /\/fastify\/|\/server\/src\/http\//.test(path))).toEqual([])
  })
})
