import type { LeafKind } from '../../../proof/index.ts'
import { recordStream } from '../../../store/index.ts'

/** Kinds of leaves that record what was done to the log. */
export type RecordKind = Exclude<LeafKind, 'event' | 'seal'>

export { recordStream }

/** The type of event that a record is, by the kind of its leaf. */
export const recordTypes: Readonly<Record<RecordKind, string>> = {
  erasure: 'LogErasureRecorded',
  retention: 'LogRetentionRecorded',
  redaction: 'LogRedactionRecorded',
  'hold.set': 'LogHoldSet',
  'hold.release': 'LogHoldReleased',
  policy: 'LogPolicyRecorded',
  key: 'LogKeyRecorded',
}

/** Those that have members now that their first version had not. */
export const recordVersions: Readonly<Partial<Record<RecordKind, string>>> = {
  retention: '1.1',
  'hold.set': '1.1',
  policy: '1.1',
}
