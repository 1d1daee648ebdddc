import { block, fact, page } from '../../catalog/text-block.ts'
import { table } from '../../delivery/table.ts'
import { counted, toTime } from '../words.ts'
import type { RemovalItem, RemovalKind } from './removal-kind.ts'
import { purposeOf } from './removal-kind.ts'

export function toTable(kind: RemovalKind, items: readonly RemovalItem[]): string {
  return table(
    ['ID', 'STATUS', 'REQUESTED', kind === 'erasure' ? 'REQUEST' : 'EVENT', 'SIGNED', 'HOLDS', 'WITHDRAWN'],
    items.map(item => [
      item.id,
      item.status,
      toTime(item.requestedAt),
      purposeOf(item),
      item.approvers.length === 0 ? '' : `${item.approvedBy.length} of ${item.approvers.length}`,
      item.holds.length,
      item.withdrawnBecause ?? '',
    ]),
  )
}

/** For the terminal: how far it is, and where the log says what was removed. */
export function toText(kind: RemovalKind, item: RemovalItem): string {
  const { id, status, approvers, approvedBy, holds, copies, receipt, record } = item
  return page([
    `${kind} ${id}  ${status}`,
    '',
    fact('Requested', toTime(item.requestedAt)),
    ...('eventId' in item
      ? [fact('Event', item.eventId), fact('Members', item.paths.join(', ')), fact('Reason', item.reason)]
      : [
          fact('Request', item.request),
          fact('Basis', item.basis),
          fact('Keys', counted(item.keys.length, 'key')),
        ]),
    fact('To sign', approvers.map(name => (approvedBy.includes(name) ? `${name} (done)` : name)).join(', ')),
    fact('Holds', holds.join(', ')),
    fact('Withdrawn', item.withdrawnBecause),
    fact('Failures', item.failures === 0 ? undefined : String(item.failures)),
    ...block(
      'Copies',
      copies.map(
        ({ name, removed, isDone, error }) =>
          `${name}  ${removed} removed${isDone ? '' : ', not done'}${error === null ? '' : `: ${error}`}`,
      ),
    ),
    ...block(
      'Out of reach, to be deleted by hand',
      item.exports.map(
        ({ at, from, to, where }) => `export of ${toTime(at)}, ${counted(to - from, 'event')}, ${where}`,
      ),
    ),
    ...(status === 'awaiting-approval' ? block('Record to be signed', [record]) : []),
    ...(receipt === null
      ? []
      : block('Receipt', [
          `leaf ${receipt.n}, recorded ${toTime(receipt.recordedAt)}`,
          `hash ${receipt.leafHash}`,
          `proof: keelson log proof ${receipt.eventId}`,
        ])),
  ])
}

/** One line of how it stands. */
export function toLine(
  kind: RemovalKind,
  { id, status, approvers, approvedBy, holds, receipt, withdrawnBecause }: RemovalItem,
): string {
  const missing = approvers.filter(name => !approvedBy.includes(name))
  const what = {
    'awaiting-approval': `waits for ${missing.join(', ')}: "keelson ${kind}s approve ${id} --sign-with FILE"`,
    held: `waits for ${holds.length === 1 ? 'the hold' : 'the holds'} ${holds.join(', ')}`,
    running: 'has begun',
    'failed-copies': 'could not remove every copy, and is tried again',
    completed:
      receipt === null
        ? 'is done'
        : `is done; leaf ${receipt.n} records it: "keelson log proof ${receipt.eventId}"`,
    withdrawn: `is withdrawn: ${withdrawnBecause ?? 'taken back, or nothing left to remove'}`,
  } as const
  return `The ${kind} ${id} ${what[status]}.`
}
