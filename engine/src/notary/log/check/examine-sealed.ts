import type { JsonObject } from '../../../core/index.ts'
import { parseJson } from '../../../core/index.ts'
import { commitBody, hiddenDigests } from '../../../proof/index.ts'
import type { EventStore, RecordedEvent } from '../../../store/index.ts'
import { Absences } from './entry/absences.ts'
import type { ErasedKey } from './entry/erased-keys.ts'
import { erasedBy } from './entry/erased-keys.ts'
import { eventBatches } from './entry/event-batches.ts'
import { LogFaults } from './entry/log-fault.ts'
import type { FieldKeys, SealedFields } from './entry/sealed-fields.ts'
import { fieldKeys, openFields, partsOf } from './entry/sealed-fields.ts'
import { keptErased, keptInSpite } from './kept/kept-erased.ts'
import { KeptKeys } from './kept/kept-keys.ts'

const mostShown = 10

export interface SealedOptions {
  /** Opens each value, too, and holds it to what its entry commits to. */
  readonly keys?: FieldKeys | undefined
  readonly signal?: AbortSignal
  /** Told now and then how many more entries were looked at. */
  readonly onEntries?: (count: number) => void
}

/**
 * Looks whether the sealed fields of a tenant's entries are there, and a key for each, or a record of the log says that they
 * were erased. Without `keys` it opens nothing, so that it needs no root key. Gives what is wrong, in words without content.
 * Content that is in an archive is passed over.
 */
export async function examineSealed(
  store: EventStore,
  tenantId: string,
  options: SealedOptions = {},
): Promise<readonly string[]> {
  const first = await findFaults(store, tenantId, options)
  // Erased while it looked, perhaps: keys go before the record is written.
  return first.length === 0 ? first : findFaults(store, tenantId, options)
}

async function findFaults(
  store: EventStore,
  tenantId: string,
  { keys, signal, onEntries }: SealedOptions,
): Promise<readonly string[]> {
  const faults = new LogFaults()
  const absences = new Absences(faults)
  const known = new KeptKeys(store, tenantId)
  const altered: string[] = []
  let alteredCount = 0
  const tell = (index: number, reason: string): void => {
    alteredCount += 1
    if (altered.length < mostShown) altered.push(`Entry ${index}: ${reason}`)
  }
  const options = { removed: 'include', ...(signal ? { signal } : {}) } as const
  for await (const batch of eventBatches(store.readAll({ tenantId }, options))) {
    const present = batch.filter(({ bodyState }) => bodyState === 'present')
    const hidden = new Map(present.map(event => [event, hiddenIn(event)]))
    const kept = await known.of(new Set([...hidden.values()].flat()), signal)
    const erased: ErasedKey[] = []
    const opening = keys && (await fieldKeys(keys, tenantId, present))
    for (const [event, kids] of hidden) {
      if (event.kind !== 'event') erased.push(...takeRecord(event, absences))
      const found = opening && openedIn(event, opening)
      for (const reason of found?.faults ?? []) tell(event.sequence, reason)
      for (const kid of new Set([...missingIn(event, kids, kept), ...(found?.closed ?? [])]))
        absences.hidden(event, kid)
    }
    for (const index of await keptInSpite(store, tenantId, erased, signal)) tell(index, keptErased)
    onEntries?.(batch.length)
  }
  signal?.throwIfAborted()
  absences.finish()
  const texts = faults.kept.slice(0, mostShown).map(({ index, reason }) => `Entry ${index}: ${reason}`)
  const more = faults.count - texts.length
  return [
    ...texts,
    ...(more > 0 ? [`Fields under ${more} more keys cannot be opened either`] : []),
    ...altered,
    ...(alteredCount > altered.length ? [`${alteredCount - altered.length} more of this kind`] : []),
  ]
}

/** Undefined for a body that was altered: the check of the hashes finds that. */
function openedIn(event: RecordedEvent, keys: ReadonlyMap<string, Uint8Array>): SealedFields | undefined {
  try {
    return openFields(event, keys)
  } catch {
    return undefined
  }
}

/** Ids of the keys of fields that the entry has hidden. */
const hiddenIn = ({ body }: RecordedEvent): readonly string[] =>
  body.includes('"_sd"') ? [...new Set(digestsOf(body).map(({ kid }) => kid))] : []

/** Those of them whose fields it has no longer, or that nothing opens. */
function missingIn(
  event: RecordedEvent,
  kids: readonly string[],
  kept: ReadonlySet<string>,
): readonly string[] {
  const sealed = new Set(partsOf(event).map(([kid]) => kid))
  return kids.filter(kid => !sealed.has(kid) || !kept.has(kid))
}

/** None for a body that was altered: the check of the hashes finds that. */
function digestsOf(body: string): readonly { readonly kid: string }[] {
  try {
    return hiddenDigests(parseJson(body) as JsonObject) ?? []
  } catch {
    return []
  }
}

/** What an altered record says explains nothing. Gives the keys that an erasure names. */
function takeRecord(
  { kind, body, blind, leaf, sequence }: RecordedEvent,
  absences: Absences,
): readonly ErasedKey[] {
  const commitment = commitBody(body, Buffer.from(blind, 'base64url'))
  if (kind !== 'erasure' || !leaf.startsWith(`{"body":"${commitment}"`)) return []
  const { payload = {} } = parseJson(body) as { payload?: JsonObject }
  absences.record(kind, payload, sequence)
  return erasedBy(payload['keys'], sequence)
}
