import type { BlobStore, Clock, EventStore, IdSource, JsonObject, Platform } from 'keelson'
import { KeelsonError } from 'keelson'
import type {
  CheckLogOptions,
  KeyRing,
  Notary,
  NotaryAlarm,
  RecordKind,
  RemovalAlarm,
  Removals,
} from 'keelson/notary'
import {
  builtInCopies,
  checkLog,
  createHeadFile,
  IntegrityChecks,
  openNotary,
  openRemovals,
  recordWrite,
} from 'keelson/notary'
import { createBundleExport } from '../http/log/bundle-export.ts'
import { LogChecks } from '../http/log/log-checks.ts'
import type { NotaryServices } from '../http/log/notary-services.ts'
import { headFileOf } from './open-keys.ts'
import { openTimestampAuthority } from './open-timestamp-authority.ts'
import type { StartOptions } from './options.ts'
import { startDefaults } from './options.ts'
import { readWitnesses } from './read-witnesses.ts'

export interface NotaryParts {
  readonly platform: Platform
  /** The store without keys. */
  readonly masked: EventStore
  readonly ring: KeyRing
  /** Where archived content lies, where that is known. */
  readonly archive: BlobStore | undefined
  readonly clock: Clock
  readonly ids: IdSource
  readonly options: Pick<
    StartOptions,
    'dataDir' | 'keys' | 'masterKey' | 'logName' | 'witnesses' | 'timestampAuthority'
  >
  readonly onAlarm: (alarm: NotaryAlarm | RemovalAlarm) => void
}

export interface OpenedNotary {
  readonly services: NotaryServices
  /** Finishes what is being signed or removed. May be called twice. */
  close(): Promise<void>
}

/** Documents that keep events, or parts of them, for as long as something is to be done with them. */
const eventCollections =
  /^(delivery-(waiting|scheduled|parked|run)|dead-letter(-discarded)?|outbox-(message|aside)|timer|service-bus-kept|pull-settled)([/-]|$)/

/** What keeps the tenants' logs: checkpoints, checks, removals, bundles. It works from now on. */
export function startNotary(parts: NotaryParts): OpenedNotary {
  const { platform, masked, ring, archive, clock, ids, options, onAlarm } = parts
  const { store } = platform
  const { logName = startDefaults.logName, timestampAuthority } = options
  const publish = async (tenantId: string, eventType: string, payload: JsonObject): Promise<void> => {
    await platform.record(tenantId, { eventType, occurredAt: new Date(clock.now()).toISOString(), payload })
  }
  const notary: Notary = openNotary(masked, ring, {
    logName,
    clock,
    record: publish,
    recordAfter: 60_000,
    heads: createHeadFile(headFileOf(options)),
    onAlarm,
    ...readWitnesses(options.witnesses),
    ...(timestampAuthority && { timestampAuthority: openTimestampAuthority(timestampAuthority) }),
  })
  const removals: Removals = openRemovals(masked, ring, {
    copies: [
      ...builtInCopies(masked, {
        collections: async tenantId =>
          (await masked.collections(tenantId)).filter(name => eventCollections.test(name)),
      }),
      platform.readModelCopies,
    ],
    ...(archive && { archive }),
    clock,
    ids,
    onAlarm,
  })
  const check = (tenantId: string, how: CheckLogOptions) => checkLog(masked, notary, ring, tenantId, how)
  const integrity = new IntegrityChecks({ store: masked, clock, check, record: publish, onAlarm })
  const checks = new LogChecks({
    store: masked,
    clock,
    ids,
    check: async (tenantId, how) => {
      let report = await check(tenantId, how)
      // What was removed a moment ago has its record behind the newest head: that is signed, and looked at again.
      if (!report.isSound && (await isSignedFurther(notary, tenantId))) report = await check(tenantId, how)
      await integrity.remember(tenantId, report)
      return report
    },
  })
  notary.start()
  removals.start()
  integrity.start()
  return {
    services: {
      notary,
      ring,
      removals,
      checks,
      exportBundle: createBundleExport({
        store,
        masked,
        notary,
        ring,
        clock,
        ids,
        spoolFolder: options.dataDir,
      }),
      recordOf: (tenantId: string, kind: RecordKind, payload: JsonObject) =>
        recordWrite(tenantId, kind, payload, { clock, ids }),
    },
    async close() {
      await Promise.all([integrity.close(), checks.close()])
      await removals.close()
      await notary.close()
    },
  }
}

/** Signs what is not signed yet; a log that is forked never is, which is what the check has found. */
async function isSignedFurther(notary: Notary, tenantId: string): Promise<boolean> {
  try {
    if ((await notary.status(tenantId)).pending === 0) return false
    await notary.checkpointNow(tenantId)
    return true
  } catch (error) {
    if (error instanceof KeelsonError && error.code === 'log_forked') return false
    throw error
  }
}
