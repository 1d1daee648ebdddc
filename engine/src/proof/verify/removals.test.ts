import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../core/index.ts'
import { bundleOf, mapSource } from '../fixtures/bundle.ts'
import type { Content } from '../fixtures/log-builder.ts'
import { keyText, LogBuilder, seedOf, signed } from '../fixtures/log-builder.ts'
import { approvers } from '../fixtures/sample-log.ts'
import { failuresOf } from '../fixtures/tampering.ts'
import type { SignerKey } from '../note/note-key.ts'
import { streamDigest } from './removed-entries.ts'
import { verifyBundle } from './verify-bundle.ts'

describe('what removals have to keep to', () => {
  const event = (log: LogBuilder, kid = 'k-a') =>
    log.event({ name: 'Ada' }, [{ pointer: '/payload/name', kid }])
  const [first, second] = approvers as [(typeof approvers)[0], (typeof approvers)[0]]
  const policy = (version: number, minimumDays: number, locked = true): JsonObject => ({
    action: 'policy',
    policy: 'p',
    version,
    minimumDays,
    locked,
  })
  const hold = (scope: JsonObject): JsonObject => ({
    action: 'hold.set',
    hold: 'h',
    scope,
    reason: 'r',
    at: 't',
  })
  const verdictOf = async (build: (log: LogBuilder) => void) => {
    const log = new LogBuilder()
    build(log)
    return failuresOf(bundleOf(log))
  }

  it('an erasure has the entries of its keys, and those only', async () => {
    const wrong = createHash('sha256').update('[0]').digest('base64url')
    expect(await verdictOf(log => void [event(log), event(log), log.erase(['k-a'])])).toEqual([])
    expect(
      await verdictOf(
        log =>
          void [event(log), event(log), log.erase(['k-a'], [], { targets: { count: 1, leaves: wrong } })],
      ),
    ).toEqual([])
    expect(
      await verdictOf(
        log =>
          void [event(log), event(log), log.erase(['k-a'], [], { targets: { count: 2, leaves: wrong } })],
      ),
    ).toEqual(['erasure_unfounded 2'])
    // Entries behind it are not covered by it.
    const later = (log: LogBuilder) => {
      log.erase(['k-a'])
      event(log)
      delete log.contents[1]?.disclosures
    }
    expect(await verdictOf(later)).toEqual(['absence_unexplained 1'])
  })

  it('is signed by approvers, as many as are needed, each with a registered key', async () => {
    const cases: [(log: LogBuilder) => void, string[]][] = [
      [log => void [log.register(first), log.erase(['k'], [first])], []],
      [log => void [log.register(first), log.erase(['k'])], ['approval_invalid 1']],
      [log => void [log.register(first), log.erase(['k'], [second])], ['approval_invalid 1']],
      [
        log => void [log.register(first), log.erase(['k'], [{ ...first, seed: seedOf(9) }])],
        ['approval_invalid 1'],
      ],
      [
        log => void [log.register(first, [], { approvalsNeeded: 2 }), log.erase(['k'], [first])],
        ['approval_invalid 1'],
      ],
      [log => void [log.register(first), log.register(second)], ['approval_invalid 1']],
      [log => void [log.erase(['k'], [first])], ['approval_invalid 0']],
      [log => void [log.register(first), event(log), log.redact(1, 'plan')], ['approval_invalid 2']],
    ]
    for (const [build, expected] of cases) expect(await verdictOf(build)).toEqual(expected)
    const twice = (log: LogBuilder) => {
      log.register(first, [], { approvalsNeeded: 2 })
      log.erase(['k'], [first, first])
    }
    expect(await verdictOf(twice)).toEqual(['approval_invalid 1'])
    const revoked = (log: LogBuilder) => {
      log.register(first)
      log.register(second, [first])
      log.register(second, [first], { action: 'revoke' })
      log.erase(['k'], [second])
    }
    expect(await verdictOf(revoked)).toEqual(['approval_invalid 3'])
  })

  it('two signatures by one key are one, whatever names it was registered by', async () => {
    const alias: SignerKey = { ...first, name: 'alias' }
    const removedBy = (remove: (log: LogBuilder) => void) =>
      verdictOf(log => {
        event(log)
        log.register(first, [], { approvalsNeeded: 2 })
        log.register(alias, [first])
        log.register(second, [first])
        remove(log)
      })
    const erase = (signers: readonly SignerKey[]) => (log: LogBuilder) => void log.erase(['k-a'], signers)
    const redact = (signers: readonly SignerKey[]) => (log: LogBuilder) => void log.redact(0, 'plan', signers)
    for (const remove of [erase, redact]) {
      expect(await removedBy(remove([first, alias]))).toEqual(['approval_invalid 4'])
      expect(await removedBy(remove([alias, second]))).toEqual([])
      expect(await removedBy(remove([first, alias, second]))).toEqual([])
    }
  })

  it('what is removed is not there any more', async () => {
    const salt = Buffer.alloc(16, 4).toString('base64url')
    const erased = (put: (log: LogBuilder, disclosures: string[]) => void) =>
      verdictOf(log => {
        event(log)
        event(log, 'k-b')
        const disclosures = [...((log.contents[0] as Content).disclosures ?? [])]
        log.erase(['k-a'])
        put(log, disclosures)
      })
    expect(await erased(() => undefined)).toEqual([])
    const shown = (log: LogBuilder, disclosures: string[]) => {
      ;(log.contents[0] as Content).disclosures = disclosures
    }
    expect(await erased(shown)).toEqual(['erasure_unfounded 0'])
    const unsaid = (log: LogBuilder, disclosures: string[]) => {
      shown(log, disclosures)
      delete (log.contents[0] as Content).erasedBy
    }
    expect(await erased(unsaid)).toEqual(['erasure_unfounded 0'])
    // What comes under the key behind the record is not covered by it.
    expect(await erased(log => void event(log))).toEqual([])

    const retained = (entries: number[][], change: (content: Content[]) => void = () => undefined) =>
      verdictOf(log => {
        event(log)
        event(log)
        log.record('policy', policy(1, 0))
        const removed = [{ type: 'UserInvited', stream: streamDigest(salt, 's'), keys: ['k-a'], entries }]
        log.retain('p@1', 0, 1, { range: [0, 2], salt, removed })
        change(log.contents)
      })
    const unsaidBy = ([content]: Content[]) => delete content?.erasedBy
    expect(await retained([[0, 1]])).toEqual([])
    expect(await retained([[0, 1]], unsaidBy)).toEqual([])
    expect(await retained([[0, 2]])).toEqual(['erasure_unfounded 1'])
    expect(await retained([[1, 2]])).toEqual(['erasure_unfounded 0', 'erasure_unfounded 1'])
    expect(await retained([[1, 2]], unsaidBy)).toEqual(['absence_unexplained 0', 'erasure_unfounded 1'])
  })

  it('nothing is removed inside of a hold', async () => {
    const order = { aggregateType: 'Order', aggregateId: '9' }
    const held = (scope: JsonObject, then: (log: LogBuilder) => void) => (log: LogBuilder) => {
      log.event({ name: 'Ada', plan: 'x' }, [{ pointer: '/payload/name', kid: 'k-a' }], order)
      log.record('policy', policy(1, 0))
      log.record('hold.set', hold(scope))
      then(log)
    }
    const erase = (log: LogBuilder) => void log.erase(['k-a'])
    const redact = (log: LogBuilder) => void log.redact(0, 'plan')
    const retain = (log: LogBuilder) => void log.retain('p@1', 0, 1)
    const scopes: JsonObject[] = [{ all: true }, { subjectKeys: ['k-a'] }, { stream: 'Order-9' }]
    for (const scope of scopes)
      for (const remove of [erase, redact])
        expect(await verdictOf(held(scope, remove))).toEqual(['removal_during_hold 3'])
    expect(await verdictOf(held({ all: true }, retain))).toEqual(['removal_during_hold 3'])
    for (const scope of [{ subjectKeys: ['k-b'] }, { stream: 'Order-8' }])
      for (const remove of [erase, redact, retain]) expect(await verdictOf(held(scope, remove))).toEqual([])
    const release = (log: LogBuilder) => {
      log.record('hold.release', { action: 'hold.release', hold: 'h', reason: 'r' })
      erase(log)
    }
    expect(await verdictOf(held({ all: true }, release))).toEqual([])
    expect(await verdictOf(log => log.record('hold.release', { action: 'hold.release', hold: 'h' }))).toEqual(
      ['record_invalid 0'],
    )
  })

  describe('where a body is gone', () => {
    const salt = Buffer.alloc(16, 4).toString('base64url')
    const said = (type: string, stream: string, keys: string[], entries: number[][]): JsonObject => ({
      salt,
      removed: [{ type, stream: streamDigest(salt, stream), keys, entries }],
    })
    /** Two events, a policy, a hold, and a removal of the first event. */
    const removed = (holdOf: JsonObject, what: JsonObject, rule: JsonObject = {}) =>
      verdictOf(log => {
        event(log)
        event(log)
        log.record('policy', { ...policy(1, 0), ...rule })
        log.record('hold.set', { ...hold({ stream: 'Order-9' }), ...holdOf })
        log.retain('p@1', 0, 1, what)
      })
    const subject = { scope: { subjectKeys: ['k-a'] } }

    it('what its record says of it is held against holds and the policy', async () => {
      const fine = said('UserInvited', 'Order-8', ['k-b'], [[0, 1]])
      const ofStream = said('UserInvited', 'Order-9', [], [[0, 1]])
      const ofKey = said('UserInvited', 'Order-8', ['k-a'], [[0, 1]])
      const typed = { eventTypes: ['UserInvited'] }
      expect(await removed({}, fine, typed)).toEqual([])
      expect(await removed({}, ofStream)).toEqual(['removal_during_hold 4'])
      expect(await removed(subject, ofKey)).toEqual(['removal_during_hold 4'])
      expect(await removed(subject, fine)).toEqual([])
      expect(await removed({}, fine, { eventTypes: ['Other'] })).toEqual(['policy_exceeded 0'])
      // A record that says what it removed covers nothing else.
      expect(await removed({}, said('UserInvited', 'x', [], [[1, 2]]))).toEqual(['erasure_unfounded 0'])
    })

    it('a hold that names its entries is broken whatever the record says', async () => {
      const fine = said('UserInvited', 'Order-8', [], [[0, 1]])
      for (const scope of [{}, subject]) {
        expect(await removed({ ...scope, entries: [[0, 2]] }, fine)).toEqual(['removal_during_hold 4'])
        expect(await removed({ ...scope, entries: [[1, 2]] }, fine)).toEqual([])
      }
      // Older records say nothing; beside a hold that names its entries there is no reason for one.
      expect(await removed({}, {})).toEqual([])
      expect(await removed({ entries: [] }, {})).toEqual(['record_invalid 4'])
    })

    it('a locked policy for some types keeps them from every other policy', async () => {
      const beside = (type: string) =>
        verdictOf(log => {
          log.record('policy', { ...policy(1, 90), policy: 'keep', eventTypes: ['UserInvited'] })
          log.record('policy', { ...policy(1, 30, false), policy: 'short' })
          event(log)
          log.wait(31)
          log.retain('short@1', 2, 3, said(type, 's', [], [[2, 3]]))
        })
      expect(await beside('UserInvited')).toEqual(['retention_early 2'])
      expect(await beside('Other')).toEqual([])
    })

    it.each([
      ['another salt', { salt: 'short', removed: [] }],
      [
        'entries twice',
        {
          salt,
          removed: [
            {
              type: 't',
              stream: 's',
              keys: [],
              entries: [
                [0, 1],
                [0, 2],
              ],
            },
          ],
        },
      ],
      ['no entries', { salt, removed: [{ type: 't', stream: 's', keys: [] }] }],
    ])('a record with %s is none', async (_, what) => {
      expect(await removed({}, what)).toEqual(['record_invalid 4', 'erasure_unfounded 0'])
    })
  })

  it('an approver signs a policy before anything is removed by it', async () => {
    const removedBy = async (signers: readonly SignerKey[], isLate = false) => {
      const log = new LogBuilder()
      event(log)
      const rule = policy(1, 0)
      if (isLate) log.record('policy', rule)
      log.register(first)
      if (!isLate) log.record('policy', signers.length === 0 ? rule : signed(rule, signers))
      log.retain('p@1', 0, 1)
      return verifyBundle(mapSource(bundleOf(log)))
    }
    const applied = { policy: 'p@1', at: 2, removed: 1 }
    expect(await removedBy([first])).toMatchObject({
      isVerified: true,
      policies: [{ ...applied, approvedBy: [first.name] }],
    })
    expect(await removedBy([])).toMatchObject({
      failures: [{ code: 'approval_invalid', index: 3 }],
      policies: [{ ...applied, approvedBy: [] }],
    })
    expect(await removedBy([], true)).toMatchObject({ failures: [{ code: 'approval_invalid', index: 3 }] })
    expect(await removedBy([second])).toMatchObject({
      failures: [
        { code: 'approval_invalid', index: 2 },
        { code: 'approval_invalid', index: 3 },
      ],
    })
  })

  it('no record of the log itself is removed, and no hold is set twice', async () => {
    const started = (then: (log: LogBuilder) => void) => (log: LogBuilder) => {
      log.record('policy', policy(1, 0))
      log.record('hold.set', hold({ all: true }))
      then(log)
    }
    const removed = started(log => void [log.retain('p@1', 1, 2), log.erase(['k-a'])])
    expect(await verdictOf(removed)).toEqual(['absence_unexplained 1'])
    const redacted = started(log => void [log.redact(1, 'scope'), log.erase(['k-a'])])
    expect(await verdictOf(redacted)).toEqual(['body_altered 1'])
    const narrowed = started(log => log.record('hold.set', hold({ stream: 'x' })))
    expect(await verdictOf(narrowed)).toEqual(['record_invalid 2'])
  })

  it('retention keeps to a policy of the log, which shrinks never while it is locked', async () => {
    const retained =
      (days: number, name = 'p@1') =>
      (log: LogBuilder) => {
        log.record('policy', policy(1, 30))
        event(log)
        log.wait(days)
        log.retain(name, 1, 2)
      }
    expect(await verdictOf(retained(31))).toEqual([])
    expect(await verdictOf(retained(29))).toEqual(['retention_early 1'])
    expect(await verdictOf(retained(31, 'p@2'))).toEqual(['record_invalid 2', 'erasure_unfounded 1'])
    const beside = (minimumDays: number, isLocked: boolean) => (log: LogBuilder) => {
      log.record('policy', { ...policy(1, minimumDays, isLocked), policy: 'other' })
      log.record('policy', policy(1, 30))
      event(log)
      log.wait(31)
      log.retain('p@1', 2, 3)
    }
    expect(await verdictOf(beside(31, true))).toEqual([])
    expect(await verdictOf(beside(32, true))).toEqual(['retention_early 2'])
    expect(await verdictOf(beside(32, false))).toEqual([])
    const changed = (next: JsonObject) => (log: LogBuilder) =>
      void [log.record('policy', policy(1, 30)), log.record('policy', next)]
    expect(await verdictOf(changed(policy(2, 40)))).toEqual([])
    expect(await verdictOf(changed(policy(2, 29)))).toEqual(['policy_shrunk 1'])
    expect(await verdictOf(changed(policy(2, 30, false)))).toEqual(['policy_shrunk 1'])
  })

  it('a redaction is of the entry that it names, and of what is not there any more', async () => {
    const redacted = (after: (log: LogBuilder) => void) => (log: LogBuilder) => {
      log.event({ plan: 'x', list: [1] })
      after(log)
    }
    expect(await verdictOf(redacted(log => void log.redact(0, 'plan')))).toEqual([])
    expect(await verdictOf(redacted(log => void log.redact(0, 'none')))).toEqual([])
    const other = (log: LogBuilder) => {
      log.event({ plan: 'y' })
      log.redact(0, 'plan')
      const content = log.contents[1] as Content
      log.contents[1] = { ...(log.contents[0] as Content), n: 1 }
      log.contents[0] = { ...content, n: 0 }
    }
    expect(await verdictOf(redacted(other))).toEqual(['body_altered 0', 'body_altered 1'])
  })

  it('a checkpoint is not signed by a key that the log has revoked', async () => {
    const key = keyText({ name: 'audit.example.com/t/acme/main', kind: 'author', seed: seedOf(5) })
    const record = { action: 'revoke', role: 'log', name: 'audit.example.com/t/acme/main', key }
    expect(await verdictOf(log => log.record('key', record))).toEqual(['key_revoked 0'])
  })

  it('records are to be understood', async () => {
    const kinds = ['erasure', 'retention', 'redaction', 'hold.set', 'hold.release', 'policy', 'key'] as const
    for (const kind of kinds)
      expect(await verdictOf(log => log.record(kind, { action: kind, keys: 7 }))).toEqual([
        'record_invalid 0',
      ])
  })
})
