import { randomFillSync } from 'node:crypto'
import type { Clock } from './clock.ts'
import { systemClock } from './clock.ts'

declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** A tenant's id: 1 to 64 of `[a-z0-9-]`, starting and ending with a letter or digit. */
export type TenantId = Branded<'TenantId'>
/** An event's id: 1 to 128 of `[A-Za-z0-9._:-]`, at least one of them a letter or digit (`..` is no name in a path). */
export type EventId = Branded<'EventId'>

export const eventIdPattern = /^(?=.*[A-Za-z0-9])[A-Za-z0-9._:-]{1,128}$/
export const tenantIdPattern = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/

/** The reserved tenant of the platform's own events. */
export const platformTenant = 'platform'

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

export interface IdSource {
  /** A ULID (26 characters of Crockford base 32), greater than every one made before by this source. */
  ulid(): string
}

/** Fills the bytes with randomness; handed in from outside so that a simulation can decide it. */
export type RandomFill = (bytes: Uint8Array) => void

/** Makes ULIDs that rise also within a millisecond and when the clock steps back. */
export function createIdSource(clock: Clock = systemClock, fill: RandomFill = pooledRandom()): IdSource {
  let lastTime = -1
  const random = new Uint8Array(16)
  return {
    ulid() {
      const now = clock.now()
      if (now > lastTime) {
        lastTime = now
        fill(random)
        for (let at = 0; at < 16; at += 1) random[at]! &= 31
        // Room to count up within one millisecond.
        random[0]! &= 15
      } else {
        increment(random)
      }
      return encodeTime(lastTime) + encodeRandom(random)
    },
  }
}

/** Randomness drawn from the system in blocks of 4 KiB, which is forty times faster than id by id. */
export function pooledRandom(): RandomFill {
  const pool = new Uint8Array(4096)
  let used = pool.length
  return bytes => {
    if (used + bytes.length > pool.length) {
      randomFillSync(pool)
      used = 0
    }
    bytes.set(pool.subarray(used, used + bytes.length))
    pool.fill(0, used, used + bytes.length)
    used += bytes.length
  }
}

function increment(random: Uint8Array): void {
  for (let at = 15; at >= 0; at -= 1) {
    if (random[at]! < 31) {
      random[at]! += 1
      return
    }
    random[at] = 0
  }
}

function encodeTime(time: number): string {
  let text = ''
  let rest = time
  for (let at = 0; at < 10; at += 1) {
    text = crockford[rest % 32] + text
    rest = Math.floor(rest / 32)
  }
  return text
}

function encodeRandom(random: Uint8Array): string {
  let text = ''
  for (const value of random) text += crockford[value]
  return text
}
