import type { JsonValue } from '../../../core/index.ts'
import { canonicalJson } from '../../../core/index.ts'
import type { Document, EventStore } from '../../../store/index.ts'
import type { CopyContent, CopyRequest, CopyStore } from '../port.ts'
import { documentsOf, tryCommit, untilSettled } from '../tenant-documents.ts'
import { eventIdsIn, maskCopies } from './mask-copy.ts'
import { maskMessage } from './mask-message.ts'
import type { TextMask } from './mask-texts.ts'
import { blankSpoken, createTextMask, maskSpoken } from './mask-texts.ts'

export interface DocumentCopiesOptions {
  readonly name: string
  /** Collections of documents that have events in them, or what is said of events. */
  readonly collections: (tenantId: string) => readonly string[] | Promise<readonly string[]>
}

/**
 * Documents that keep events whole or in part: messages of outboxes, dead letters, deliveries that wait. What they have
 * of an event is found by the event's id; of one without an id nothing is known. Texts of errors are searched for what
 * the subject's keys open, whatever event they are about, and so are messages and timers that name an event concerned;
 * where it is not known any more, what errors said goes whole where it is new enough.
 */
export function documentCopies(store: EventStore, { name, collections }: DocumentCopiesOptions): CopyStore {
  const each = async (
    request: CopyRequest,
    signal: AbortSignal,
    handle: (document: Document, value: JsonValue, mask: DocumentMask) => Promise<void> | void,
  ): Promise<void> => {
    for await (const mask of masksOf(request)) {
      for (const collection of await collections(request.tenantId)) {
        for await (const document of documentsOf(store, request.tenantId, collection)) {
          signal.throwIfAborted()
          const value = await mask(document)
          if (value !== undefined) await handle(document, value, mask)
        }
      }
    }
  }
  return {
    name,
    async count(request, signal) {
      let count = 0
      await each(request, signal, () => {
        count += 1
      })
      return count
    },
    async erase(request, signal) {
      let removed = 0
      await each(request, signal, async (document, value, mask) => {
        if (await replace(store, document, value, mask)) removed += 1
      })
      return { removed }
    },
  }
}

/** Undefined where there is nothing to remove. */
type DocumentMask = (document: Pick<Document, 'value'>) => Promise<JsonValue | undefined>

/**
 * One for each group of the subject's texts, since what errors say of somebody may stand with any event; at least one.
 * Each removes what there is of the events concerned too.
 */
async function* masksOf(request: CopyRequest): AsyncGenerator<DocumentMask> {
  let isFirst = true
  for await (const texts of request.texts?.() ?? []) {
    const mask = createTextMask(texts)
    isFirst = false
    yield async ({ value }) => {
      const before = (await maskEvents(value, request, mask)) ?? value
      const masked = maskSpoken(before, mask)
      return masked === value ? undefined : masked
    }
  }
  if (!isFirst) return
  const { unknownSince } = request
  yield async ({ value }) => {
    const before = (await maskEvents(value, request)) ?? value
    const masked = unknownSince === undefined ? before : blankSpoken(before, unknownSince)
    return masked === value ? undefined : masked
  }
}

async function maskEvents(
  value: JsonValue,
  request: CopyRequest,
  mask?: TextMask,
): Promise<JsonValue | undefined> {
  const contents = new Map<string, CopyContent>()
  for (const id of eventIdsIn(value)) {
    const content = await request.contentOf(id)
    if (content !== undefined) contents.set(id, content)
  }
  if (contents.size === 0) return undefined
  const left = maskCopies(value, contents)
  const masked = mask === undefined ? left : maskMessage(left, mask)
  return canonicalJson(masked) === canonicalJson(value) ? undefined : masked
}

/** Of one that somebody changes at the same time what it has then. */
async function replace(
  store: EventStore,
  first: Document,
  masked: JsonValue,
  mask: DocumentMask,
): Promise<boolean> {
  const { tenantId, collection, id } = first
  let document: Document | undefined = first
  let value: JsonValue | undefined = masked
  return untilSettled(async () => {
    if (document === undefined || value === undefined) return false
    const { revision, due } = document
    const change = { tenantId, collection, id, value, expected: revision, ...(due !== undefined && { due }) }
    if (await tryCommit(store, { scope: { tenantId }, documents: [change] })) return true
    document = await store.document(tenantId, collection, id)
    value = document && (await mask(document))
    return undefined
  })
}
