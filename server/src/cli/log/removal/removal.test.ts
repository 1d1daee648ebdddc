import { chmodSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseVerifierKey } from 'keelson/proof'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type {
  ApproverItem,
  ErasureItem,
  HoldItem,
  RedactionItem,
  RetentionPolicyItem,
  RetentionRunResult,
  SubjectView,
} from '../../../api/types.ts'
import { runKeelson } from '../../fixtures/keelson-process.ts'
import type { Client } from '../fixtures/client.ts'
import { startClient } from '../fixtures/client.ts'

let client: Client
beforeAll(async () => {
  client = await startClient()
})
afterAll(() => client.stop())

const why = ['--basis', 'gdpr-17-1-b', '--request', 'ticket-4711']
const secretOf = (name: string) => readFileSync(join(client.folder, name), 'utf8').split('\n')[1] ?? ''

const find = async (file: string) =>
  (await client.json<SubjectView>('subjects', 'find', '--subject-file', file))[0]

describe('without approvers', () => {
  it('a subject is found and erased, and the receipt leads to a proof', async () => {
    for (const id of ['carla-1', 'carla-2']) await client.publish(id, 'carla@example.com')
    const file = client.file('carla', 'carla@example.com\n')
    expect(await find(file)).toMatchObject({ events: 2, keys: [expect.any(String)] })
    const text = await client.run('subjects', 'find', '--subject-file', file)
    expect(text.out).toMatch(/^2 events in 2 streams\n/)
    const words = ['erasures', 'request', '--subject-file', file, ...why]
    expect((await client.run('export', '--output', 'evidence')).code).toBe(0)
    const [done] = await client.json<ErasureItem>(...words)
    expect(done).toMatchObject({ status: 'completed', request: 'ticket-4711', approvers: [] })
    const shown = await client.run('erasures', 'show', done?.id ?? '')
    expect(shown.out).toMatch(/Out of reach, to be deleted by hand\n +export of .*, \d+ events, downloaded\n/)
    expect(shown.out).toContain(`proof: keelson log proof ${done?.receipt?.eventId}`)
    const proof = await client.run('log', 'proof', done?.receipt?.eventId ?? '')
    expect([proof.code, proof.out]).toEqual([0, expect.stringMatching(/^c2sp\.org\/tlog-proof@v1\n/)])
    const gone = await client.run('subjects', 'find', '--subject-file', file)
    expect([gone.code, gone.err]).toEqual([0, 'There is nothing of this subject.\n'])
    const again = await client.run(...words)
    expect([again.code, again.err]).toEqual([3, expect.stringContaining('[subject_unknown]')])
  })

  it('a hold keeps a subject until it is released', async () => {
    await client.publish('gina-1', 'gina')
    const file = client.file('gina', 'gina')
    const scope = ['--subject-file', file, '--reason', 'suit-12']
    const [hold] = await client.json<HoldItem>('holds', 'set', ...scope)
    const misspelt = await client.run('holds', 'set', '--stream', 'nowhere', '--reason', 'suit-13')
    expect([misspelt.code, misspelt.out, misspelt.err]).toEqual([
      0,
      expect.stringMatching(/^The hold \S+ is set and covers 0 events so far\.\n$/),
      expect.stringMatching(/^There is nothing of this stream in the log: .+\.\n$/),
    ])
    const asked = await client.run('erasures', 'request', '--subject-file', file, ...why)
    expect([asked.code, asked.out]).toEqual([0, expect.stringContaining(`waits for the hold ${hold?.id}`)])
    const [kept] = (await client.json<ErasureItem>('erasures', 'list')).filter(one => one.status === 'held')
    expect((await client.run('holds', 'list')).out).toMatch(/a subject \(\d keys?\) +1 event +suit-12$/m)
    const released = await client.run('holds', 'release', hold?.id ?? '', '--reason', 'settled')
    expect([released.code, released.err]).toEqual([0, ''])
    const again = await client.run('holds', 'release', hold?.id ?? '', '--reason', 'settled')
    const listed = (await client.run('holds', 'list')).out.split('\n')
    expect(listed[1]).toMatch(/stream nowhere +nothing +/)
    expect([again.code, again.out]).toEqual([0, `The hold ${hold?.id} was released already.\n`])
    await expect
      .poll(() => client.json<ErasureItem>('erasures', 'show', kept?.id ?? ''))
      .toMatchObject([{ status: 'completed' }])
  })

  it('members are taken out of an event', async () => {
    await client.publish('redacted-1', 'hugo')
    const words = [
      'redactions',
      'request',
      'redacted-1',
      '--pointer',
      '/payload/editionCode',
      '--reason',
      'slip',
    ]
    const [done] = await client.json<RedactionItem>(...words)
    expect(done).toMatchObject({
      status: 'completed',
      eventId: 'redacted-1',
      paths: ['/payload/editionCode'],
    })
    expect((await client.run('redactions', 'list')).out).toMatch(/completed .* redacted-1/)
  })

  it('of redactions of one place at once one is done, and the others say by which', async () => {
    // They wait for a hold, and so begin at once.
    const [hold] = await client.json<HoldItem>('holds', 'set', '--all', '--reason', 'x')
    await client.publish('redacted-2', 'hans')
    const place = ['redacted-2', '--pointer', '/payload/editionCode', '--reason', 'slip']
    const request = () => client.run('redactions', 'request', ...place, '--no-wait')
    const asked = await Promise.all([1, 2, 3].map(request))
    expect(asked.map(({ code }) => code)).toEqual([0, 0, 0])
    await client.run('holds', 'release', hold?.id ?? '', '--reason', 'x')
    const row = /^\S+ +(completed .* redacted-2 +0 *|withdrawn .* redacted-2 +0 +already redacted by .*)$/gm
    await expect
      .poll(async () => [...(await client.run('redactions', 'list')).out.matchAll(row)].length)
      .toBe(3)
    const ended = (await client.json<RedactionItem>('redactions', 'list')).filter(
      ({ eventId }) => eventId === 'redacted-2',
    )
    const first = ended.find(({ status }) => status === 'completed')?.id
    expect(ended.map(({ withdrawnBecause }) => withdrawnBecause).sort()).toEqual([
      `already redacted by ${first}`,
      `already redacted by ${first}`,
      undefined,
    ])
  })

  it('retention policies are set and applied', async () => {
    const [made] = await client.json<RetentionPolicyItem>(
      'retention',
      'set',
      'books',
      '--days',
      '3650',
      '--locked',
    )
    expect(made).toMatchObject({ id: 'books', version: 1, minimumDays: 3_650, locked: true })
    expect((await client.run('retention', 'list')).out).toMatch(/^books +1 +3650 +yes +all *$/m)
    const shorter = await client.run('retention', 'set', 'books', '--days', '30')
    expect([shorter.code, shorter.err]).toEqual([5, expect.stringContaining('[policy_locked]')])
    const [dry] = await client.json<RetentionRunResult>('retention', 'apply', 'books', '--dry-run')
    expect(dry).toMatchObject({ policy: 'books@1', dryRun: true, removed: 0 })
    const misnamed = await client.run('retention', 'set', 'typed', '--days', '1', '--type', 'Nope')
    expect([misnamed.code, misnamed.err]).toEqual([0, expect.stringContaining('There is no event type Nope')])
    const applied = await client.run(
      'retention',
      'apply',
      'books',
      '--yes',
      '--before',
      '2026-01-01T00:00:00Z',
    )
    expect([applied.code, applied.out]).toEqual([0, 'books@1: 0 events were removed.\n'])
  })

  it('a subject comes in on standard input, and never as an argument', async () => {
    await client.publish('ivo-1', 'ivo@example.com')
    const { environment } = client
    const words = ['subjects', 'find', '-', '--json']
    const { code, out } = await runKeelson(words, { environment, input: 'ivo@example.com\r\n' })
    expect([code, JSON.parse(out)]).toMatchObject([0, { events: 1 }])
    const told = await client.run('subjects', 'find', 'ivo@example.com')
    expect([told.code, told.err]).toEqual([2, expect.stringContaining('A subject is no argument')])
  })
})

describe('with approvers', () => {
  const register = async (name: string, ...more: string[]) => {
    const [made] = await client.json<{ key: string }>(
      'approver-key',
      'new',
      '--name',
      name,
      '--output',
      `${name}.pem`,
    )
    return {
      key: made?.key ?? '',
      ended: await client.run('approvers', 'register', made?.key ?? '', ...more),
    }
  }

  it('each after the first is registered with the consent of one', async () => {
    const ada = await register('ada')
    expect(ada.ended).toEqual({ code: 0, out: 'Registered ada.\n', err: '' })
    expect(parseVerifierKey(ada.key)).toMatchObject({ name: 'ada', kind: 'author' })
    if (process.platform !== 'win32')
      expect(statSync(join(client.folder, 'ada.pem')).mode & 0o777).toBe(0o600)
    const shown = await client.run('approver-key', 'show', 'ada.pem', '--name', 'ada')
    expect(shown.out).toBe(`${ada.key}\n`)
    const bob = await register('bob')
    expect([bob.ended.code, bob.ended.err]).toEqual([4, expect.stringContaining('[approval_invalid]')])
    const unasked = await client.run('approvers', 'register', bob.key, '--sign-with', 'ada.pem')
    expect([unasked.code, unasked.err]).toEqual([2, expect.stringContaining('"action":"register"')])
    const words = ['--sign-with', 'ada.pem', '--yes', '--approvals-needed', '2']
    expect(await client.run('approvers', 'register', bob.key, ...words)).toMatchObject({ code: 0, err: '' })
    const listed = await client.json<ApproverItem>('approvers', 'list')
    expect(listed.map(({ name }) => name)).toEqual(['ada', 'bob'])
  })

  it('an erasure is done when all have signed, and its receipt names them', async () => {
    await client.publish('ines-1', 'ines')
    const file = client.file('ines', 'ines\n')
    const asked = await client.run('erasures', 'request', '--subject-file', file, ...why)
    expect([asked.code, asked.out]).toEqual([0, expect.stringContaining('waits for ada, bob')])
    const [waiting] = await client.json<ErasureItem>('erasures', 'list')
    const id = waiting?.id ?? ''
    expect((await client.run('erasures', 'show', id)).out).toContain(
      'Record to be signed\n  {"action":"erasure"',
    )
    const approve = (name: string, ...more: string[]) =>
      client.run('erasures', 'approve', id, '--sign-with', `${name}.pem`, ...more)
    const unasked = await approve('ada')
    expect([unasked.code, unasked.err]).toEqual([2, expect.stringContaining(waiting?.record ?? '-')])
    const first = await approve('ada', '--yes')
    expect([first.code, first.out]).toEqual([0, expect.stringContaining('waits for bob')])
    await client.run('approver-key', 'new', '--name', 'eve', '--output', 'eve.pem')
    const stranger = await approve('eve', '--yes')
    expect([stranger.code, stranger.err]).toEqual([4, expect.stringContaining('is not that of an approver')])
    const last = await approve('bob', '--yes', '--json')
    const done = JSON.parse(last.out) as ErasureItem
    expect([last.code, done]).toMatchObject([0, { status: 'completed', approvedBy: ['ada', 'bob'] }])
    expect(done.receipt?.leafHash).toMatch(/^[\w-]{43}$/)
    const late = await approve('bob', '--yes')
    expect([late.code, late.err]).toEqual([5, expect.stringMatching(/Not signed\. .*is done/)])
  })

  it('a policy of retention is signed by one of them', async () => {
    const set = ['retention', 'set', 'logs', '--days', '90', '--type', 'B', '--type', 'A']
    expect((await client.run(...set)).code).toBe(4)
    const signed = await client.run(...set, '--sign-with', 'ada.pem', '--yes')
    expect(signed.out).toBe('logs@1 keeps events for 90 days at least; signed by ada.\n')
    expect((await client.run('retention', 'list')).out).toMatch(/^logs +1 +90 +no +A, B +ada$/m)
  })

  it('what waits is taken back, and who signs is revoked', async () => {
    await client.publish('jan-1', 'jan')
    const request = ['erasures', 'request', '--subject-file', client.file('jan', 'jan'), '--no-wait', ...why]
    const [asked] = await client.json<ErasureItem>(...request)
    const withdrawn = await client.run('erasures', 'withdraw', asked?.id ?? '')
    expect([withdrawn.code, withdrawn.out]).toEqual([0, `The erasure ${asked?.id} is withdrawn.\n`])
    expect(await find('jan')).toMatchObject({ events: 1 })
    const unsigned = await client.run('approvers', 'revoke', 'bob')
    expect([unsigned.code, unsigned.err]).toEqual([4, expect.stringContaining('Pass --sign-with FILE')])
    const revoked = await client.run('approvers', 'revoke', 'bob', '--sign-with', 'ada.pem', '--yes')
    expect(revoked).toEqual({ code: 0, out: 'Revoked bob.\n', err: '' })
    const list = await client.run('approvers', 'list')
    expect(list.out).toMatch(/^bob( +\S+ \S+){2}$/m)
    expect(list.err).toMatch(/^Removals must be signed by [12] of them\.$/m)
  })
})

describe('a wrong use', () => {
  it.each([
    [['subjects', 'find', '--subject-file', 'none'], 2, 'cannot be read'],
    [['subjects', 'find', '--subject-file', 'empty'], 2, 'holds no subject'],
    [['subjects', 'find', '--subject-file', 'lines'], 2, 'several lines'],
    [['subjects', 'find', '--subject-file', 'long'], 2, 'up to 1024 characters'],
    [['subjects', 'find', '-', '--subject-file', 'ada'], 2, 'leave one out'],
    [['erasures', 'request', '--subject-file', 'ada', '--basis', 'x'], 2, "'--request <text>'"],
    [['erasures', 'show', 'none'], 3, '[not_found]'],
    [['erasures', 'list', '--limit', '1.5'], 2, '--limit takes'],
    [['erasures', 'approve', 'none', '--sign-with', 'none.pem'], 2, 'cannot be read'],
    [['erasures', 'approve', 'none', '--sign-with', 'text.pem'], 2, 'holds no private key'],
    [['erasures', 'approve', 'none', '--sign-with', 'open.pem'], 2, 'chmod 600'],
    [['erasures', 'approve', 'none', '--sign-with', 'eve.pem'], 3, '[not_found]'],
    [['erasures', 'withdraw', 'none'], 3, '[not_found]'],
    [['redactions', 'request', 'one', '--reason', 'x'], 2, "'--pointer <pointer>'"],
    [['redactions', 'request', 'none', '--reason', 'x', '--pointer', '/payload/a'], 3, '[event_not_found]'],
    [['holds', 'set', '--reason', 'x'], 2, 'Say what it keeps'],
    [['holds', 'set', '--all', '--stream', 's', '--reason', 'x'], 2, 'Say what it keeps'],
    [['holds', 'release', 'none', '--reason', 'x'], 3, '[not_found]'],
    [['retention', 'set', 'books', '--days', 'many'], 2, '--days takes a number'],
    [['retention', 'set', 'books', '--days', '0'], 2, 'for 1 to'],
    [['retention', 'apply', 'books'], 2, 'pass --yes'],
    [['retention', 'apply', 'none', '--yes'], 3, '[not_found]'],
    [['approvers', 'register', 'no-key'], 2, '[request_invalid]'],
    [['approvers', 'revoke', 'none', '--sign-with', 'eve.pem'], 3, '[not_found]'],
    [['approver-key', 'new', '--name', 'a b', '--output', 'x.pem'], 2, 'without white space'],
    [['approver-key', 'new', '--name', 'eve', '--output', 'eve.pem'], 5, 'never written over'],
    [['approver-key', 'new', '--name', 'eve', '--output', 'none/eve.pem'], 2, 'cannot be written'],
  ])('is told: %j', async (words, code, told) => {
    for (const [name, text] of [
      ['empty', '\n'],
      ['lines', 'a\nb\n'],
      ['long', 'a'.repeat(1_025)],
      ['text.pem', '-----BEGIN PRIVATE KEY-----\nsecret-word\n'],
      ['open.pem', 'x'],
    ] as const)
      client.file(name, text)
    chmodSync(join(client.folder, 'text.pem'), 0o600)
    const ended = await client.run(...words)
    expect([ended.code, ended.out, ended.err]).toEqual([code, '', expect.stringContaining(told)])
    expect(ended.err).not.toMatch(/secret-word|\n +at /)
  })

  it('prints neither a private key nor a subject', () => {
    const said = client.printed.join('')
    expect(client.printed.length).toBeGreaterThan(60)
    for (const name of ['ada.pem', 'bob.pem', 'eve.pem']) expect(said).not.toContain(secretOf(name))
    expect(said).not.toMatch(/@example\.com|\b(gina|ines|hugo|jan)\b/)
  })
})
