import type { JsonObject } from '../../../core/index.ts'
import { parseJson } from '../../../core/index.ts'
import { commitBody, hiddenDigests } from '../../../proof/index.ts'
import type { EventStore, RecordedEvent } from '../../../store/index.ts'
import { Absences } from './absences.ts'
import { eventBatches } from './event-batches.ts'
import { KeptKeys } from './kept-keys.ts'
import { LogFaults } from './log-fault.ts'

const mostShown = 10

/**
 * Looks whether the sealed fields of a tenant's entries are there, and a key for each, or a record of the log says that they
 * were erased. Opens nothing, so that it needs no root key. Gives what is wrong, in words without content.
 */
export async function examineSealed(
  store: EventStore,
  tenantId: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const first = await findAbsences(store, tenantId, signal)
  // Erased while it looked, perhaps: keys go before the record is written.
  return first.length === 0 ? first : findAbsences(store, tenantId, signal)
}

async function findAbsences(
  store: EventStore,
  tenantId: string,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const faults = new LogFaults()
  const absences = new Absences(faults)
  const keys = new KeptKeys(store, tenantId)
  const options = { removed: 'include', ...(signal ? { signal } : {}) } as const
  for await (const batch of eventBatches(store.readAll({ tenantId }, options))) {
    const present = batch.filter(({ bodyState }) => bodyState === 'present')
    const hidden = new Map(present.map(event => [event, hiddenIn(event)]))
    const kept = await keys.of(new Set([...hidden.values()].flat()), signal)
    for (const [event, kids] of hidden) {
      if (event.kind !== 'event') takeRecord(event, absences)
      for (const kid of missingIn(event, kids, kept)) absences.hidden(event, kid)
    }
  }
  signal?.throwIfAborted()
  absences.finish()
  const texts = faults.kept.slice(0, mostShown).map(({ index, reason }) => `Entry ${index}: ${reason}`)
  const more = faults.count - texts.length
  return more > 0 ? [...texts, `Fields under ${more} more keys cannot be opened either`] : texts
}

/** Ids of the keys of fields that the entry has hidden. */
const hiddenIn = ({ body }: RecordedEvent): readonly string[] =>
  body.includes('"_sd"') ? [...new Set(digestsOf(body).map(({ kid }) => kid))] : []

/** Those of them whose fields it has no longer, or that nothing opens. */
function missingIn(
  { secrets }: RecordedEvent,
  kids: readonly string[],
  kept: ReadonlySet<string>,
): readonly string[] {
  const sealed = new Set(
    secrets === '' ? [] : secrets.split(' ').map(secret => secret.slice(0, secret.indexOf(':'))),
  )
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

/** What an altered record says explains nothing. */
function takeRecord({ kind, body, blind, leaf, sequence }: RecordedEvent, absences: Absences): void {
  const commitment = commitBody(body, Buffer.from(blind, 'base64url'))
  if (!leaf.startsWith(`{"body":"${commitment}"`)) return
  const { payload } = parseJson(body) as { payload?: JsonObject }
  if (kind === 'erasure') absences.record(kind, payload ?? {}, sequence)
}
