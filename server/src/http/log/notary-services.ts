import type { AppendRequest, JsonObject } from 'keelson'
import type { KeyRing, Notary, RecordKind, Removals } from 'keelson/notary'
import type { ExportBundle } from './bundle-export.ts'
import type { LogChecks } from './log-checks.ts'

/** What the routes of the log and of removals work with. */
export interface NotaryServices {
  readonly notary: Notary
  readonly ring: KeyRing
  readonly removals: Removals
  readonly checks: LogChecks
  readonly exportBundle: ExportBundle
  /** A record of the tenant's log, for the unit of work that does what it says. */
  readonly recordOf: (tenantId: string, kind: RecordKind, payload: JsonObject) => AppendRequest
}
