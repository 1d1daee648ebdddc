import type { Clock, IdSource, JsonObject } from '../../../core/index.ts'
import { completeEvent } from '../../../core/index.ts'
import type { AppendRequest } from '../../../store/index.ts'
import type { RecordKind } from './record-kind.ts'
import { recordStream, recordTypes, recordVersions } from './record-kind.ts'

/** For a unit of work: appends a record to the tenant's log. */
export function recordWrite(
  tenantId: string,
  kind: RecordKind,
  payload: JsonObject,
  { clock, ids }: { readonly clock: Clock; readonly ids: IdSource },
): AppendRequest {
  const now = clock.now()
  const event = completeEvent(
    {
      eventType: recordTypes[kind],
      schemaVersion: recordVersions[kind] ?? '1.0',
      occurredAt: new Date(now).toISOString(),
      payload,
    },
    { tenantId, ids, now, source: 'keelson' },
  )
  return { tenantId, writes: [{ stream: recordStream, expected: 'any', events: [{ ...event, kind }] }] }
}
