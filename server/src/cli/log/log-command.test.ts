import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  leafNode,
  parseCheckpoint,
  parseNote,
  parsePolicy,
  parseTlogProof,
  verifyTlogProof,
} from 'keelson/proof'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CheckpointItem, LogKeyRotation, LogStatusView } from '../../api/types.ts'
import type { Client } from './fixtures/client.ts'
import { startClient } from './fixtures/client.ts'
import { statusText } from './log-command.ts'

let client: Client
beforeAll(async () => {
  client = await startClient()
  for (const id of ['one', 'two', 'three']) await client.publish(id, 'ada@example.com')
})
afterAll(() => client.stop())

const standing: LogStatusView = {
  origin: 'keelson.local/t/acme/main',
  state: 'following',
  reason: null,
  size: 1,
  pending: 0,
  checkpoint: null,
  witnesses: [],
  missing: [],
  hasQuorum: true,
  isStamped: false,
  stampedAt: null,
  lastCheck: null,
}

const read = (name: string) => readFileSync(join(client.folder, name), 'utf8')

describe('keelson log', () => {
  it('signs, shows and lists heads of the log', async () => {
    const signed = await client.run('log', 'checkpoint', '--now')
    expect([signed.code, signed.err]).toEqual([0, ''])
    const { size } = parseCheckpoint(parseNote(signed.out).text)
    expect(size).toBeGreaterThanOrEqual(3)
    const [status] = await client.json<LogStatusView>('log', 'status')
    expect(status).toMatchObject({ state: 'following', origin: 'keelson.local/t/acme/main' })
    const text = await client.run('log', 'status')
    expect([text.code, text.err]).toEqual([0, ''])
    expect(text.out).toMatch(/^keelson\.local\/t\/acme\/main {2}following\n\nSigned +\d+ leaves/)
    expect(text.out).toMatch(/^Checkpoint +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d, root [\w+/]{43}=$/m)
    const [again] = await client.json<{ text: string }>('log', 'checkpoint', '--size', String(size))
    expect(parseNote(again?.text ?? '').text).toBe(parseNote(signed.out).text)
    const heads = await client.json<CheckpointItem>('log', 'checkpoints')
    expect(heads.map(head => head.size)).toContain(size)
    const one = await client.run('log', 'checkpoints', '--limit', '1')
    expect(one.out).toMatch(/^LEAVES {2}SIGNED\n +\d+ {2}\d{4}-/)
  })

  it('names the witnesses that have not signed the newest head', () => {
    const witnesses = (of: Partial<LogStatusView>) =>
      /^Witnesses +(.*)$/m.exec(statusText({ ...standing, ...of }))?.[1]
    expect(witnesses({})).toBeUndefined()
    expect(witnesses({ witnesses: ['w1'] })).toBe('w1 (enough)')
    expect(witnesses({ witnesses: ['w1'], missing: ['w2'] })).toBe('w1 (enough); without w2')
    const few = { hasQuorum: false, missing: ['w1', 'w2'] }
    expect(witnesses({ ...few, witnesses: ['w3'] })).toBe('w3 (not enough of them); without w1, w2')
    expect(witnesses(few)).toBe('none, which is not enough; without w1, w2')
  })

  it('fetches a proof that verifies with the policy, also after the key was rotated', async () => {
    const verify = async () => {
      const [proof, policy] = await Promise.all([
        client.run('log', 'proof', 'two', '--output', 'two.tlog-proof'),
        client.run('log', 'policy', '--output', 'policy'),
      ])
      expect([proof.code, proof.out, policy.code]).toEqual([0, '', 0])
      const parsed = parseTlogProof(read('two.tlog-proof'))
      return verifyTlogProof(
        parsed,
        leafNode(Buffer.from(parsed.extra ?? []).toString('utf8')),
        parsePolicy(read('policy')),
      )
    }
    expect(await verify()).toMatchObject({ ok: true })
    const [rotation] = await client.json<LogKeyRotation>('log', 'rotate-key', '--yes')
    expect(rotation?.after).not.toBe(rotation?.before)
    expect(await verify()).toMatchObject({ ok: true })
    expect((await client.run('log', 'policy')).out).toContain(rotation?.after)
  })

  it.each([
    [['proof', 'none'], 3, '[event_not_found]'],
    [['checkpoint', '--size', 'x'], 2, '--size takes a whole number'],
    [['checkpoint', '--size', '999999'], 3, '[not_found]'],
    [['checkpoint', '--now', '--size', '1'], 2, 'leave --size out'],
    [['checkpoints', '--limit', '0'], 2, '--limit takes a whole number'],
    [['policy', '--output', 'nowhere/policy'], 2, 'There is no folder'],
    [['rotate-key'], 2, 'pass --yes'],
    [['proof'], 2, "missing required argument 'event'"],
  ])('%j fails with %i', async (words, code, told) => {
    const ended = await client.run('log', ...words)
    expect([ended.code, ended.out, ended.err.includes(told)]).toEqual([code, '', true])
  })
})
