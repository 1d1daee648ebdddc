import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hasQuorum, parseNote, parsePolicy, witnessesOf } from 'keelson/proof'
import { call } from '../client.ts'
import type { Connection } from '../connection.ts'

/** Milliseconds without a byte of the bundle after which the server is asked whether it waits for witnesses. */
const silence = 2_000

export interface QuorumOfBundle {
  readonly hasQuorum: boolean
  /** Witnesses of the policy that have not signed its head. */
  readonly missing: readonly string[]
}

/** Whether as many witnesses have signed the head of a bundle's folder as its own policy asks for. */
export async function quorumOf(bundle: string): Promise<QuorumOfBundle> {
  const [head, policy] = await Promise.all([
    readFile(join(bundle, 'checkpoint'), 'utf8').then(parseNote),
    readFile(join(bundle, 'policy'), 'utf8').then(parsePolicy),
  ])
  const signed = witnessesOf(head, policy)
  const missing = [...policy.witnesses.keys()].filter(name => !signed.includes(name))
  return { hasQuorum: hasQuorum(head, policy), missing }
}

/** Says once, where a bundle keeps its reader waiting because witnesses have not signed, what it waits for. */
export function tellOfWaiting(connection: Connection, tell: (text: string) => void): { end(): void } {
  const gone = new AbortController()
  const timer = setTimeout(async () => {
    try {
      const response = await call(connection, '/v1/log', { signal: gone.signal })
      const { hasQuorum } = (await response.json()) as { readonly hasQuorum: boolean }
      if (!hasQuorum && !gone.signal.aborted)
        tell('too few witnesses have signed the head; they are waited for, up to ten seconds')
    } catch {
      // The bundle itself says what is wrong.
    }
  }, silence)
  return {
    end() {
      clearTimeout(timer)
      gone.abort()
    },
  }
}
