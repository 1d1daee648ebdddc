import type { EventStore } from '../../../../store/index.ts'
import type { ErasedKey } from '../entry/erased-keys.ts'
import { KeptKeys } from './kept-keys.ts'

export const keptErased = 'It says that a key is destroyed which is still there'

/** Indexes of the records whose keys are there still, each once; looked up now, since keys go before their record is written. */
export async function keptInSpite(
  store: EventStore,
  tenantId: string,
  erased: readonly ErasedKey[],
  signal?: AbortSignal,
): Promise<readonly number[]> {
  if (erased.length === 0) return []
  const kept = await new KeptKeys(store, tenantId).of(new Set(erased.map(({ kid }) => kid)), signal)
  return [...new Set(erased.flatMap(({ kid, index }) => (kept.has(kid) ? index : [])))]
}
