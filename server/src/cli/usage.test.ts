import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { runKeelson } from './fixtures/keelson-process.ts'

const version = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version

describe('keelson', () => {
  it('tells its version and its commands', async () => {
    const [told, help, ingest] = await Promise.all([
      runKeelson(['--version']),
      runKeelson(['--help']),
      runKeelson(['ingest', '--help']),
    ])
    expect(told).toEqual({ code: 0, out: `${version}\n`, err: '' })
    expect([help.code, help.err]).toEqual([0, ''])
    for (const command of ['start', 'ingest', 'query', 'tail'])
      expect(help.out).toMatch(new RegExp(`^ +${command}`, 'm'))
    expect(help.out).toContain('Exit codes: 0 ok, 1 failed, 2 usage')
    expect([ingest.code, ingest.out]).toEqual([0, expect.stringContaining('--format <name>')])
  })

  it.concurrent.each([
    [['strat'], 'Did you mean start?'],
    [['query', '--actro', 'x'], 'Did you mean --actor?'],
    [['ingest', 'file'], "required option '--format <name>'"],
    [['query', '--limit', '0'], '--limit takes a whole number from 1'],
    [['start', '--port', 'http'], 'port is "http"'],
    [['query', '--url', 'ftp://x'], 'not an http or https URL'],
    [['start', 'now'], 'too many arguments'],
    [[], 'Usage: keelson'],
  ])('%j is a wrong use', async (args, told) => {
    const { code, out, err } = await runKeelson(args)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(told)
    expect(err).not.toMatch(/\n +at /)
  })
})
