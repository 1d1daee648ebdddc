import { disclosureAad, openDisclosures, parseDisclosure } from '../../../proof/index.ts'
import type { RecordedEvent } from '../../../store/index.ts'
import { textsIn } from '../copies/mask-texts.ts'
import type { RemovalContext } from '../removal-context.ts'
import { sealedTexts } from '../sealed-text.ts'
import { subjectEvents } from './subject-events.ts'

/** Distinct texts that are held at a time. */
const mostTexts = 10_000

/** What the keys sealed, as texts; nothing once the keys are destroyed. A text may come in several of the groups. */
export async function* subjectTexts(
  { store, ring }: Pick<RemovalContext, 'store' | 'ring'>,
  { tenantId, kids }: { readonly tenantId: string; readonly kids: readonly string[] },
  signal: AbortSignal,
): AsyncGenerator<ReadonlySet<string>> {
  const keys = await ring.keysOf(tenantId, kids)
  if (keys.size === 0) return
  let texts = new Set<string>()
  for await (const page of subjectEvents(store, tenantId, kids, signal))
    for (const event of page) {
      for (const text of textsOf(event, keys)) texts.add(text)
      if (texts.size < mostTexts) continue
      yield texts
      texts = new Set()
    }
  if (texts.size > 0) yield texts
}

function* textsOf(
  { tenantId, sequence, secrets }: RecordedEvent,
  keys: ReadonlyMap<string, Uint8Array>,
): Generator<string> {
  for (const { kid, bytes } of sealedTexts(secrets)) {
    const key = keys.get(kid)
    if (key === undefined) continue
    for (const disclosure of openDisclosures(key, disclosureAad(tenantId, sequence, kid), bytes)) {
      const disclosed = parseDisclosure(disclosure)
      if (disclosed !== undefined) yield* textsIn(disclosed.value)
    }
  }
}
