import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'

const folder = join(import.meta.dirname, '../examples')
const names = readdirSync(folder, { withFileTypes: true })
  .filter(entry => entry.isDirectory())
  .map(entry => entry.name)
const scratch = mkdtempSync(join(tmpdir(), 'keelson-examples-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** What Pact's verifier prints of its own accord, with times that differ. */
const pactReport = /\nVerifying a pact [\s\S]*?\n\n\n/

const run = async (name: string) =>
  promisify(execFile)(process.execPath, ['--conditions=source', join(folder, name, 'main.ts')], {
    cwd: scratch,
    timeout: 60_000,
  })

describe('the examples', () => {
  test('are numbered without a gap', () => {
    expect(names.length).toBeGreaterThan(1)
    expect(names.map(name => Number(name.slice(0, 2)))).toEqual(names.map((_, index) => index + 1))
  })

  test.each(names)('%s prints what it says, also when it is run again', async name => {
    const expected = readFileSync(join(folder, name, 'expected.txt'), 'utf8')
    for (let time = 0; time < 2; time += 1) {
      const { stdout, stderr } = await run(name)
      expect({ stdout: stdout.replace(pactReport, ''), stderr }).toEqual({ stdout: expected, stderr: '' })
    }
  })
})
