import type { JsonObject } from '../../../core/index.ts'
import { exportsOfKeys } from '../copies/out-of-reach.ts'
import { holdsOnKids } from '../hold/covering.ts'
import { aftercare } from '../procedure/backoff.ts'
import type { Procedure } from '../procedure/procedure.ts'
import type { RemovalFile } from '../procedure/removal.ts'
import type { RemovalContext } from '../removal-context.ts'
import { openSubject } from '../sealed-subject.ts'
import { subjectKids } from '../subject-kids.ts'
import { eraseSecrets } from './erase-secrets.ts'
import type { Erasure } from './erasure.ts'
import { erasureCollection, erasureRecord, recordText } from './erasure.ts'
import { erasureCopies } from './erasure-copies.ts'
import { subjectTargets } from './subject-events.ts'
import { subjectTexts } from './subject-texts.ts'

/**
 * For how long the last look is left to the process that knows what was said, which may be busy with another removal or a
 * purge; milliseconds. What another one blanks is lost, so it is long.
 */
const patience = 60_000

/** Clocks of several processes differ, and what one was about to say is said a little later; milliseconds. */
const skew = 60_000

/** What the keys opened is forgotten at the last look, and by then at the latest where another process had that. */
const knownFor = 4 * aftercare

/** How an erasure goes: the keys are destroyed, what they sealed is deleted, and a leaf says so. */
export function erasureProcedure(context: RemovalContext): Procedure<Erasure> {
  const { store, ring } = context
  const subjectOf = async ({ tenantId, id, value }: RemovalFile<Erasure>): Promise<string | undefined> =>
    value.sealedSubject === undefined
      ? undefined
      : openSubject(ring, { tenantId, sealed: value.sealedSubject, use: `erasure|${id}` })
  return {
    collection: erasureCollection,
    kind: 'erasure',
    async renew(file, approvers) {
      const { tenantId, value } = file
      const subject = await subjectOf(file)
      // Also those that were made since it was asked for.
      const now = subject === undefined ? [] : await subjectKids(ring, tenantId, subject)
      const keys = [...new Set([...value.keys, ...now])].sort()
      // What came under the same keys since is counted at the end; where it was signed, a verifier counts the first only.
      const isSame = keys.length === value.keys.length && String(approvers) === String(value.approvers)
      if (isSame) return value
      const targets = await subjectTargets(store, tenantId, keys)
      const record = recordText(erasureRecord({ ...value, keys }, approvers, targets))
      return { ...value, keys, approvers, record }
    },
    holds: async ({ tenantId, value }) =>
      (await holdsOnKids(context, tenantId, value.keys)).map(({ id }) => id),
    async copyRequest(file, signal) {
      const { tenantId, id, value } = file
      const { keys: kids, hasBegun, copiesSince, phase } = value
      const subject = await subjectOf(file)
      const known = hasBegun ? context.known.of(id) : undefined
      // Another process has destroyed the keys, or this one before it was started anew. Up to the last look one that knows may
      // still come, and mask what has to go and nothing else.
      const isUnknown = phase === 'aftercare' && known === undefined && copiesSince !== undefined
      const texts = { ...(known && { known }), ...(isUnknown && { unknownSince: copiesSince - skew }) }
      return erasureCopies(context, { tenantId, subject, kids, ...texts }, signal)
    },
    hasGrown: (before, after) => after.keys.length > before.keys.length,
    patience: ({ id, value }) =>
      value.copiesSince === undefined || context.known.of(id) !== undefined ? 0 : patience,
    forget: id => context.known.forget(id),
    async destroy({ tenantId, id, value }, signal) {
      const { size } = await ring.keysOf(tenantId, value.keys)
      // Of keys that are destroyed in part the rest would not be all that was said.
      const isWhole = size === value.keys.length
      if (isWhole) {
        const texts = subjectTexts(context, { tenantId, kids: value.keys }, signal)
        await context.known.keep(id, texts, knownFor)
      }
      // The keys first: from then on nothing more can be sealed with them that the next step would miss.
      await ring.destroy(tenantId, value.keys)
      await eraseSecrets(store, tenantId, value.keys, signal)
    },
    async conclude({ tenantId, value }) {
      // What was signed is recorded as it was signed. Else the record says what was there at the end.
      if (value.approvals.length > 0) return { record: JSON.parse(value.record) as JsonObject, part: {} }
      const targets = await subjectTargets(store, tenantId, value.keys)
      return { record: erasureRecord(value, [], targets), part: {} }
    },
    isVain: () => false,
    whyVain: async () => 'there is nothing left of the subject',
    sweep: ({ tenantId, value }, signal) => eraseSecrets(store, tenantId, value.keys, signal),
    outOfReach: ({ tenantId, value }) => exportsOfKeys(store, tenantId, value.keys),
    settle({ sealedSubject: _, ...value }) {
      return value
    },
  }
}
