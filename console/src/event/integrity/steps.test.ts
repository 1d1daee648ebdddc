import { describe, expect, it } from 'vitest'
import type { ProofParts } from '../../api/log-query.ts'
import type { EventItem } from '../../api/types.ts'
import { sampleProof, sampleRedaction, strangeKey } from './fixtures.ts'
import { ladderOf } from './rungs.ts'
import type { StepState } from './step.ts'
import { verifyProof } from './steps.ts'

const { event, parts } = sampleProof()
const { sealed, proof, policy } = parts

const idsOf = (state: StepState, given: EventItem, from: ProofParts): string =>
  verifyProof(given, from)
    .filter(step => step.state === state)
    .map(({ id }) => id)
    .join()

const change = (of: Partial<ProofParts['sealed']>): ProofParts => ({ ...parts, sealed: { ...sealed, ...of } })
const other = (text: string, at: number): string =>
  text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
const lineOf = (at: number): number => proof.split('\n').slice(0, at).join('\n').length + 1

describe('verifyProof', () => {
  it('passes what is whole, with the values that were compared', () => {
    const steps = verifyProof(event, parts)
    expect(steps.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'leaf passed',
      'body passed',
      'disclosures passed',
      'content passed',
      'path passed',
      'checkpoint passed',
      'witnesses passed',
    ])
    expect(steps[2]?.facts.map(({ label }) => label).sort()).toEqual(['Digest of email', 'Digest of user'])
    expect(steps[6]?.facts[0]?.value).toBe('has signed at 2026-09-21T14:13:20.000Z')
  })

  it.each<[string, string, EventItem, ProofParts]>([
    ['a leaf that is another', 'leaf', event, change({ leaf: sealed.leaf.replace('evt-2', 'evt-9') })],
    ['a leaf written in another way', 'leaf', event, change({ leaf: `${sealed.leaf} ` })],
    ['another body', 'body', event, change({ body: sealed.body?.replace('owner', 'guest') ?? null })],
    ['another blind', 'body', event, change({ blind: 'A'.repeat(43) })],
    ['a disclosure of another event', 'disclosures', event, change({ disclosures: ['WyJhIiwiYiIsImMiXQ'] })],
    [
      'another event shown',
      'content',
      { ...event, payload: { role: 'owner', email: 'eve@example.com' } },
      parts,
    ],
    ['a member shown that was not sent', 'content', { ...event, projectId: 'p-1' }, parts],
    ['a hash of the path', 'path', event, { ...parts, proof: other(proof, lineOf(4)) }],
    [
      'another key',
      'checkpoint',
      event,
      { ...parts, policy: policy.replace(/^log .*$/m, `log ${strangeKey}`) },
    ],
    [
      'no cosignature',
      'witnesses',
      event,
      { ...parts, proof: proof.replace(/\u2014 witness\.test.*\n/u, '') },
    ],
  ])('finds %s by its own step alone', (_, expected, given, from) => {
    expect(idsOf('failed', given, from)).toBe(expected)
  })

  it('fails every signature where the head is another', () => {
    expect(proof).toContain('\n5\n')
    const other = { ...parts, proof: proof.replace('\n5\n', '\n6\n') }
    expect(idsOf('failed', event, other)).toBe('checkpoint,witnesses')
  })

  it('says where the content differs', () => {
    const shown = { ...event, payload: { role: 'owner', email: 'eve@example.com' } }
    const step = verifyProof(shown, parts).find(({ id }) => id === 'content')
    expect(step?.notes).toEqual(['/payload/email differs from the body'])
  })

  it('fails no step where personal fields are not disclosed, or the content is gone', () => {
    const masked = { ...event, ...JSON.parse(sealed.body as string) } as EventItem
    const withheld = change({ disclosures: [], hidden: 2 })
    expect(idsOf('failed', masked, withheld)).toBe('')
    expect(idsOf('skipped', masked, withheld)).toBe('disclosures')
    const removed = change({ body: null, blind: null, disclosures: [] })
    expect(idsOf('failed', event, removed)).toBe('')
    expect(idsOf('skipped', event, removed)).toBe('body,disclosures,content')
  })
})

describe('ladderOf', () => {
  it('leads from the leaf to the root of the checkpoint, each rung on its side', () => {
    const ladder = ladderOf(sealed.leaf, proof)
    expect(ladder?.rungs.map(({ side }) => side)).toEqual(['right', 'left', 'right'])
    expect(proof).toContain(`\n5\n${ladder?.top}\n`)
  })
})

describe('an event that something was taken out of', () => {
  const stateOf = (given: ReturnType<typeof sampleRedaction>, id: string) =>
    verifyProof(given.event, given.parts).find(step => step.id === id)
  const redacted = sampleRedaction()

  it('stands on the record that says so, which is verified too', () => {
    expect(idsOf('failed', redacted.event, redacted.parts)).toBe('')
    const step = stateOf(redacted, 'body')
    expect(step?.notes.join()).toMatch(/took fields out and commits to what is left/)
    expect(step?.facts).toContainEqual({ label: 'Taken out, says record 4', value: '/payload/role' })
  })

  it.each([
    ['commits to another body', { body: 'A'.repeat(43) }],
    ['is about another event', { n: 1 }],
    ['is about another leaf', { leaf: 'A'.repeat(43) }],
  ])('does not pass where the record %s', (_, change) => {
    expect(stateOf(sampleRedaction(change), 'body')?.state).toBe('failed')
  })

  it('does not pass where the record is not proven, or is left out', () => {
    const [record] = redacted.parts.redactions
    if (record === undefined) throw new Error('there is no record')
    const sealed = { ...record.parts.sealed, body: record.parts.sealed.body?.replace('role', 'mail') ?? null }
    const forged = { ...record, parts: { ...record.parts, sealed } }
    for (const redactions of [[forged], []])
      expect(idsOf('failed', redacted.event, { ...redacted.parts, redactions })).toContain('body')
  })
})
