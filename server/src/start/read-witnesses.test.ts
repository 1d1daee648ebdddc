import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readWitnesses } from './read-witnesses.ts'

const folder = mkdtempSync(join(tmpdir(), 'keelson-witnesses-'))
afterAll(() => rmSync(folder, { recursive: true }))

function read(text: string) {
  const path = join(folder, 'witnesses')
  writeFileSync(path, text)
  return readWitnesses(path)
}

test('names witnesses, whose logs they know, and how many must sign', () => {
  expect(readWitnesses(undefined)).toEqual({ witnesses: [], quorum: 0 })
  const text =
    '# ours\n\nwitness w1+0+AQ https://w1.example/x\n  witness w2+0+AQ http://127.0.0.1:1 acme beta\nquorum 2\n'
  expect(read(text)).toEqual({
    witnesses: [
      { key: 'w1+0+AQ', url: 'https://w1.example/x' },
      { key: 'w2+0+AQ', url: 'http://127.0.0.1:1', tenants: ['acme', 'beta'] },
    ],
    quorum: 2,
  })
})

test.each([
  ['a line that is none', 'witnes w1 https://w1.example', 'Line 1'],
  ['no address', '# a\nwitness w1+0+AQ', 'Line 2'],
  ['an address of another kind', 'witness w1+0+AQ ftp://w1.example', 'Line 1'],
  ['a quorum that is no number', 'quorum many', 'Line 1'],
  ['a quorum beyond the witnesses', 'quorum 1', 'names 0 witnesses'],
  ['a file that is much too long', '#'.repeat(100_001), 'longer than'],
])('says what is wrong with %s', (_, text, reason) => {
  expect(() => read(text)).toThrow(reason)
})

test('says that a file is not there', () => {
  expect(() => readWitnesses(join(folder, 'none'))).toThrow('cannot be read')
})
