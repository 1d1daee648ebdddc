import { deepEqual, equal, notEqual, ok, rejects } from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { ErrorCode } from '../../../core/index.ts'
import { KeelsonError } from '../../../core/index.ts'
import type { RootKey } from '../port.ts'

/** A root key to run a case on, and what can become of it. */
export interface RootKeyFixture {
  /** Opens the same key again, as another process does. */
  open(): Promise<RootKey>
  /** Opens a key that has nothing to do with it. */
  openOther(): Promise<RootKey>
  /** Gives the key a new version, which wraps from now on. */
  rotate(): Promise<void>
  /** Makes the key not reachable, until `unlock`; left out where a key that is open cannot be locked. */
  lock?(): Promise<void>
  unlock?(): Promise<void>
  /** Takes away the right to use the key; left out where there are none. */
  deny?(): Promise<void>
  /** Takes the key away. */
  lose(): Promise<void>
  /** Texts that no error may hold, such as a token. */
  readonly secrets: readonly string[]
}

/** One promise of the port, as a test that needs no runner: it returns, or throws saying what was broken. */
export interface RootKeyCase {
  readonly name: string
  /** What the key must be able to do; a runner skips the case with this reason where it cannot. */
  readonly needs?: { readonly reason: string; readonly isMet: (fixture: RootKeyFixture) => boolean }
  run(fixture: RootKeyFixture): Promise<void>
}

/** @throws AssertionError where the work does not fail with the code, or its error tells a secret. */
async function refused(
  work: Promise<unknown>,
  codes: readonly ErrorCode[],
  { secrets }: RootKeyFixture,
): Promise<void> {
  await rejects(work, error => {
    ok(error instanceof KeelsonError, `expected ${codes.join(' or ')}, got ${String(error)}`)
    ok(codes.includes(error.code), `expected ${codes.join(' or ')}, got ${error.code}: ${error.message}`)
    const told = JSON.stringify([error.message, error.details, error.stack, String(error.cause)])
    for (const secret of secrets) ok(!told.includes(secret), 'the error tells a secret')
    return true
  })
}

const contexts = ['acme', 'acme-2', 'a', 'x'.repeat(64)]
/** What a changed or another key may say: which of the two, not every key can tell. */
const wrong: readonly ErrorCode[] = ['key_ring_wrong']

/** The promises of the port of root keys. Every adapter must keep each of them. */
export const rootKeyContract: readonly RootKeyCase[] = [
  {
    name: 'what was wrapped comes back, also from the key opened again, and is not in the text',
    async run(fixture) {
      await using keys = new AsyncDisposableStack()
      const [one, two] = [await fixture.open(), await fixture.open()]
      keys.defer(() => one.close())
      keys.defer(() => two.close())
      for (const context of contexts)
        for (const length of [1, 32, 64]) {
          const secret = randomBytes(length)
          const wrapped = await one.wrap(secret, context)
          deepEqual(Buffer.from(await two.unwrap(wrapped, context)), secret)
          if (length < 32) continue
          for (const form of ['hex', 'base64', 'base64url'] as const)
            ok(!wrapped.includes(secret.toString(form)), 'the text shows the secret')
        }
    },
  },
  {
    name: 'the same secret is wrapped as another text each time, and the caller may change what it gave and got',
    async run(fixture) {
      const key = await fixture.open()
      const secret = Buffer.alloc(32, 7)
      const [one, two] = [await key.wrap(secret, 'acme'), await key.wrap(secret, 'acme')]
      notEqual(one, two)
      secret.fill(0)
      const found = await key.unwrap(one, 'acme')
      deepEqual(Buffer.from(found), Buffer.alloc(32, 7))
      found.fill(0)
      deepEqual(Buffer.from(await key.unwrap(one, 'acme')), Buffer.alloc(32, 7))
      await key.close()
    },
  },
  {
    name: 'what was wrapped for a context is refused for any other',
    async run(fixture) {
      const key = await fixture.open()
      const wrapped = await key.wrap(randomBytes(32), 'acme')
      for (const context of ['acme-2', 'acm', 'ACME', ''])
        await refused(key.unwrap(wrapped, context), wrong, fixture)
      await key.close()
    },
  },
  {
    name: 'a text that was altered, cut or made up is refused',
    async run(fixture) {
      const key = await fixture.open()
      const wrapped = await key.wrap(randomBytes(32), 'acme')
      const at = wrapped.length - 8
      const altered = wrapped.slice(0, at) + (wrapped[at] === 'A' ? 'B' : 'A') + wrapped.slice(at + 1)
      const texts = [
        altered,
        wrapped.slice(0, -12),
        `${wrapped}AAAA`,
        '',
        'x',
        'v1:AAAA',
        'A'.repeat(100_000),
      ]
      for (const text of texts) await refused(key.unwrap(text, 'acme'), wrong, fixture)
      for (const text of ['', 'x', 'v1:AAAA']) await refused(key.isCurrent(text), wrong, fixture)
      await key.close()
    },
  },
  {
    name: 'another key does not open it',
    async run(fixture) {
      const [key, other] = [await fixture.open(), await fixture.openOther()]
      const wrapped = await key.wrap(randomBytes(32), 'acme')
      await refused(other.unwrap(wrapped, 'acme'), ['key_ring_wrong', 'key_ring_lost'], fixture)
      await key.close()
      await other.close()
    },
  },
  {
    name: 'after a rotation the new version wraps, and the old one still opens what it wrapped',
    async run(fixture) {
      const before = await fixture.open()
      const secret = randomBytes(32)
      const old = await before.wrap(secret, 'acme')
      equal(await before.isCurrent(old), true)
      await fixture.rotate()
      const after = await fixture.open()
      equal(await after.isCurrent(old), false)
      deepEqual(Buffer.from(await after.unwrap(old, 'acme')), secret)
      const anew = await after.wrap(secret, 'acme')
      equal(await after.isCurrent(anew), true)
      // Also by a process that has been running since before the rotation.
      deepEqual(Buffer.from(await before.unwrap(anew, 'acme')), secret)
      await before.close()
      await after.close()
    },
  },
  {
    name: 'a key that cannot be reached says so, and works again when it can',
    needs: {
      reason: 'a key that is open in memory cannot be locked',
      isMet: fixture => fixture.lock !== undefined,
    },
    async run(fixture) {
      const key = await fixture.open()
      const wrapped = await key.wrap(randomBytes(32), 'acme')
      await fixture.lock?.()
      await refused(key.wrap(randomBytes(32), 'acme'), ['key_ring_locked'], fixture)
      await refused(key.unwrap(wrapped, 'acme'), ['key_ring_locked'], fixture)
      await fixture.unlock?.()
      equal((await key.unwrap(wrapped, 'acme')).length, 32)
      await key.close()
    },
  },
  {
    name: 'a key that may not be used says so',
    needs: { reason: 'there are no rights to take away', isMet: fixture => fixture.deny !== undefined },
    async run(fixture) {
      const key = await fixture.open()
      const wrapped = await key.wrap(randomBytes(32), 'acme')
      await fixture.deny?.()
      await refused(key.wrap(randomBytes(32), 'acme'), ['key_ring_denied'], fixture)
      await refused(key.unwrap(wrapped, 'acme'), ['key_ring_denied'], fixture)
      await key.close()
    },
  },
  {
    name: 'a key that is gone is missed when it is opened or first used, and not made anew',
    async run(fixture) {
      const key = await fixture.open()
      const wrapped = await key.wrap(randomBytes(32), 'acme')
      await key.close()
      await fixture.lose()
      const use = async (work: (key: RootKey) => Promise<unknown>) => work(await fixture.open())
      await refused(
        use(one => one.wrap(randomBytes(32), 'acme')),
        ['key_ring_lost'],
        fixture,
      )
      await refused(
        use(one => one.unwrap(wrapped, 'acme')),
        ['key_ring_lost'],
        fixture,
      )
    },
  },
  {
    name: 'closed it does nothing any more, and may be closed again',
    async run(fixture) {
      const key = await fixture.open()
      const wrapped = await key.wrap(randomBytes(32), 'acme')
      await key.close()
      await key.close()
      await refused(key.wrap(randomBytes(32), 'acme'), ['key_ring_locked'], fixture)
      await refused(key.unwrap(wrapped, 'acme'), ['key_ring_locked'], fixture)
    },
  },
]
