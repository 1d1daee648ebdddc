import type { Removal } from '../api/log-query.ts'
import type {
  CopyProgressView,
  HoldScopeView,
  RemovalStatusView,
  RetentionRunResult,
} from '../api/log-types.ts'
import type { Tone } from '../delivery/mark.tsx'
import { countText } from '../delivery/words.ts'

export const STATUS_WORDS: Readonly<
  Record<RemovalStatusView, { readonly tone: Tone; readonly word: string }>
> = {
  'awaiting-approval': { tone: 'warn', word: 'waits for signatures' },
  held: { tone: 'warn', word: 'held' },
  running: { tone: 'work', word: 'running' },
  'failed-copies': { tone: 'bad', word: 'a store of copies fails' },
  completed: { tone: 'ok', word: 'completed' },
  withdrawn: { tone: 'mute', word: 'withdrawn' },
}

/** How an erasure or a redaction stands, and what is to be done. */
export function statusText(removal: Removal): string {
  const { status, holds, failures, withdrawnBecause } = removal
  const { missing } = signaturesOf(removal)
  switch (status) {
    case 'awaiting-approval':
      return [
        `${missing.join(', ')} ${missing.length === 1 ? 'has' : 'have'} to sign the record below.`,
        ...(holds.length === 0
          ? []
          : [`${holdsText(holds.length)} Signed or not, it waits until ${released(holds.length)}.`]),
      ].join(' ')
    case 'held':
      return `${holdsText(holds.length)} It goes on by itself when ${released(holds.length)}.`
    case 'failed-copies':
      return `A store of copies could not be reached or has refused, ${countText(failures, 'time')} in a row. It is tried again; nothing is recorded as removed before all copies are.`
    case 'running':
      return 'It goes on by itself, also when this page is closed.'
    case 'completed':
      return 'keys' in removal
        ? 'The keys are destroyed and the sealed fields deleted: nothing here can read them again. A backup from before has its own copy until it is replaced.'
        : 'The fields are gone from the event, and its leaf stays. A backup from before has its own copy until it is replaced.'
    case 'withdrawn':
      return withdrawnBecause === undefined
        ? 'It was taken back, or there was nothing left that it could remove.'
        : `It was withdrawn: ${withdrawnBecause}.`
  }
}

const holdsText = (count: number): string =>
  `${countText(count, 'hold')} ${count === 1 ? 'covers' : 'cover'} it.`

const released = (count: number): string => `${count === 1 ? 'that is' : 'they are'} released`

/** Who has signed and whose signature is waited for; nobody's where it is over. */
export function signaturesOf({ status, approvers, approvedBy }: Removal): {
  readonly signed: readonly string[]
  readonly missing: readonly string[]
} {
  const missing = status === 'withdrawn' ? [] : approvers.filter(name => !approvedBy.includes(name))
  return { signed: approvedBy, missing }
}

type DryRun = Pick<RetentionRunResult, 'removed' | 'held' | 'unreachable'>

/** What applying a policy would do. It counts from when an event was recorded, not from when it occurred. */
export function dryRunText(minimumDays: number, { removed, held, unreachable }: DryRun): string {
  if (removed + held + unreachable === 0)
    return `No event that it covers was recorded more than ${countText(minimumDays, 'day')} ago.`
  const parts = [
    removed === 0
      ? 'Nothing would be removed.'
      : `The content of ${countText(removed, 'event')} would be removed for good.`,
  ]
  if (held > 0) parts.push(`${countText(held, 'event')} ${held === 1 ? 'stays' : 'stay'}, because of a hold.`)
  if (unreachable > 0)
    parts.push(
      `${countText(unreachable, 'event')} ${unreachable === 1 ? 'stands' : 'stand'} in an archive that cannot be reached.`,
    )
  return parts.join(' ')
}

/** Whether it can still be taken back. */
export const canWithdraw = ({ status }: Removal): boolean =>
  status === 'awaiting-approval' || status === 'held'

export type StageState = 'done' | 'now' | 'open'

export interface Stage {
  readonly name: string
  readonly note: string
  readonly state: StageState
}

/** The way of an erasure or a redaction, and where on it this one is. */
export function stagesOf(removal: Removal): readonly Stage[] {
  const { status, approvers, approvedBy, copies, receipt } = removal
  const hasEnded = status === 'completed'
  const isApproved = approvers.every(name => approvedBy.includes(name))
  const hasCopies =
    hasEnded || receipt !== null || (copies.length > 0 && copies.every(({ isDone }) => isDone))
  const isOver = status === 'withdrawn'
  const stage = (name: string, note: string, isDone: boolean, isNext: boolean): Stage => ({
    name,
    note,
    state: isDone ? 'done' : isNext && !isOver ? 'now' : 'open',
  })
  const emptied = copies.filter(({ isDone }) => isDone).length
  return [
    stage(
      'Signed',
      approvers.length === 0
        ? 'no approver is registered'
        : `${approvedBy.length} of ${approvers.length} have signed`,
      isApproved,
      true,
    ),
    stage('Copies removed', storesText(emptied, copies.length), hasCopies, isApproved),
    ...('keys' in removal
      ? [
          stage(
            'Keys destroyed',
            countText(removal.keys.length, 'key'),
            hasEnded || receipt !== null,
            hasCopies,
          ),
        ]
      : []),
    stage(
      'keys' in removal ? 'Recorded' : 'Fields removed, and recorded',
      receipt ? `leaf ${receipt.n}` : 'a leaf of the log',
      hasEnded,
      receipt !== null || hasCopies,
    ),
  ]
}

const storesText = (done: number, all: number): string =>
  all === 0 ? 'read models, snapshots, documents' : `${done} of ${countText(all, 'store')}`

export const copyText = ({ isDone, failures, error }: CopyProgressView): string =>
  isDone ? 'done' : error !== null ? `failed ${countText(failures, 'time')}: ${error}` : 'to be done'

export function scopeText(scope: HoldScopeView): string {
  if ('all' in scope) return 'the whole log'
  if ('stream' in scope) return `stream ${scope.stream}`
  return `one subject, ${countText(scope.subjectKeys.length, 'key')}`
}
