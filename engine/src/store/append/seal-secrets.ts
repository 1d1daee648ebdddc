import type { SealDisclosures } from '../../proof/index.ts'
import { disclosureAad } from '../../proof/index.ts'
import type { Secret } from '../types.ts'

/** Disclosures of a batch that are to be sealed, in columns; empty for events without any. */
export interface SecretColumns {
  /** Index of the event in the batch, ascending. */
  readonly events: number[]
  readonly kids: string[]
  readonly disclosures: (readonly string[])[]
  /** 32 bytes for each; a copy, which is wiped when the batch is done with. */
  readonly keys: Uint8Array
}

export const keyLength = 32

export const noSecrets: SecretColumns = { events: [], kids: [], disclosures: [], keys: new Uint8Array(0) }

interface WithSecrets {
  readonly writes: readonly { readonly events: readonly { readonly secrets: readonly Secret[] }[] }[]
}

/** Overwrites the keys of a batch that is done with. */
export function wipeKeys({ secrets }: { readonly secrets: SecretColumns }): void {
  secrets.keys.fill(0)
}

/** Overwrites the keys of prepared appends that are done with. */
export function wipeSecrets(appends: readonly WithSecrets[]): void {
  for (const { writes } of appends)
    for (const { events } of writes)
      for (const { secrets } of events) for (const { key } of secrets) key.fill(0)
}

/** The secrets of appends in columns, with keys of their own. */
export function toSecretColumns(appends: readonly WithSecrets[]): SecretColumns {
  const found: { readonly event: number; readonly secret: Secret }[] = []
  let event = 0
  for (const { writes } of appends)
    for (const { events } of writes)
      for (const { secrets } of events) {
        for (const secret of secrets) found.push({ event, secret })
        event += 1
      }
  if (found.length === 0) return noSecrets
  const keys = new Uint8Array(found.length * keyLength)
  for (const [at, { secret }] of found.entries()) keys.set(secret.key, at * keyLength)
  return {
    events: found.map(one => one.event),
    kids: found.map(({ secret }) => secret.kid),
    disclosures: found.map(({ secret }) => secret.disclosures),
    keys,
  }
}

/** The secrets of a batch's event of this index. */
export function secretsOf(
  { events, kids, disclosures, keys }: SecretColumns,
  event: number,
): readonly Secret[] {
  const secrets: Secret[] = []
  for (let at = events.indexOf(event); at >= 0 && events[at] === event; at += 1)
    secrets.push({
      kid: kids[at] as string,
      key: keys.subarray(at * keyLength, (at + 1) * keyLength),
      disclosures: disclosures[at] ?? [],
    })
  return secrets
}

/** Seals the secrets of a batch for the places that its events get. */
export class SecretSealer {
  readonly #columns: SecretColumns
  readonly #seal: SealDisclosures
  #at = 0

  /** For events that are asked about in their order. */
  constructor(columns: SecretColumns, seal: SealDisclosures) {
    this.#columns = columns
    this.#seal = seal
  }

  /** What is stored for the event of this index: `kid:base64url` for each key, joined by spaces; mostly empty. */
  seal(event: number, tenantId: string, n: number): string {
    const { events, kids, disclosures, keys } = this.#columns
    // Events between were refused, or stored before.
    while ((events[this.#at] ?? event) < event) this.#at += 1
    if (events[this.#at] !== event) return ''
    const sealed: string[] = []
    for (; events[this.#at] === event; this.#at += 1) {
      const kid = kids[this.#at] as string
      const key = keys.subarray(this.#at * keyLength, (this.#at + 1) * keyLength)
      const bytes = this.#seal(key, disclosureAad(tenantId, n, kid), disclosures[this.#at] ?? [])
      const { buffer, byteOffset, length } = bytes
      sealed.push(`${kid}:${Buffer.from(buffer, byteOffset, length).toString('base64url')}`)
    }
    return sealed.join(' ')
  }
}
