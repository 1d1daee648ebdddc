import type { EventStore, StoreCapabilities } from '../store/index.ts'

/** A store to run a case on; `reopen` closes it and opens it again where the adapter keeps anything. */
export interface StoreFixture {
  readonly store: EventStore
  reopen?(): Promise<EventStore>
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
  work: Promise<unknown>,
  code: string,
): Promise<{ code: string; details: Record<string, unknown> }> {
  try {
    await work
  } catch (error) {
    const failure = error as { code: string; details: Record<string, unknown> }
    if (failure.code !== code)
      throw new Error(`expected the error ${code}, got ${failure.code ?? String(error)}`, { cause: error })
    return failure
  }
  throw new Error(`expected the error ${code}, but the call succeeded`)
}
