import type { EventStore, StoreCapabilities } from '../store/index.ts'

/** Small bounds of the queue of appends, so that a case can fill it. */
export interface QueueBounds {
  readonly maxWaitingEvents: number
}

/** A store to run a case on. What it opens beside it is closed with it. */
export interface StoreFixture {
  readonly store: EventStore
  /** Closes the store and opens it again; left out where the adapter keeps nothing. */
  reopen?(): Promise<EventStore>
  /** Opens an empty store with these bounds; left out where appends do not wait. */
  openBounded?(bounds: QueueBounds): Promise<EventStore>
}

/** One promise of the port, as a test that needs no runner: it returns, or throws saying what was broken. */
export interface ContractCase {
  readonly name: string
  /** What the adapter must be able to do; a runner skips the case with this reason where it cannot. */
  readonly needs?: {
    readonly reason: string
    readonly isMet: (capabilities: StoreCapabilities, fixture: StoreFixture) => boolean
  }
  run(fixture: StoreFixture): Promise<void>
}

/** @throws Error with what was expected and what was there. */
export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (a !== b) throw new Error(`${what}: expected ${b}, got ${a}`)
}

/** @throws Error where the work does not fail with this code; gives the error where it does. */
export async function expectError(
  work: Promise<unknown> | (() => unknown),
  code: string,
): Promise<{ code: string; details: Record<string, unknown> }> {
  try {
    await (typeof work === 'function' ? work() : work)
  } catch (error) {
    const failure = error as { code: string; details: Record<string, unknown> }
    if (failure.code !== code)
      throw new Error(`expected the error ${code}, got ${failure.code ?? String(error)}`, { cause: error })
    return failure
  }
  throw new Error(`expected the error ${code}, but the call succeeded`)
}
