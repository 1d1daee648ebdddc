import type { SubscriptionDetail } from '../../api/delivery-types.ts'
import { KeyName } from '../../auth/key-name.tsx'
import { spanText } from '../../delivery/words.ts'
import { FullTimestamp } from '../../time/timestamp.tsx'
import { type Field, FieldList } from '../../ui/field-list.tsx'
import { retryText, startText } from '../model/words.ts'

const dash = <span className="dim">—</span>
const every = <span className="dim">every one</span>

export function Settings({ subscription }: { readonly subscription: SubscriptionDetail }) {
  return (
    <FieldList
      fields={[...whatFields(subscription), ...howFields(subscription), ...whoFields(subscription)]}
    />
  )
}

function whatFields({ settings: { types, topics, filter, start } }: SubscriptionDetail): Field[] {
  const names = (list: readonly string[] | null) =>
    list && list.length > 0 ? <span className="mono">{list.join(', ')}</span> : every
  return [
    { label: 'Event types', value: names(types) },
    { label: 'Topics', value: names(topics) },
    {
      label: 'Filter',
      value: filter === null ? <span className="dim">none</span> : <span className="mono">{filter}</span>,
      copy: filter ?? undefined,
    },
    { label: 'Began with', value: startText(start) },
  ]
}

function howFields({ settings }: SubscriptionDetail): Field[] {
  const { retry, deadLetter, concurrency, timeoutSeconds } = settings
  return [
    { label: 'Retries', value: retryText(retry) },
    { label: 'After a dead letter', value: deadLetter === null ? dash : DEAD_LETTER[deadLetter] },
    { label: 'At the same time', value: concurrency ?? dash },
    { label: 'Settled within', value: timeoutSeconds === null ? dash : spanText(timeoutSeconds) },
  ]
}

function whoFields({ owner, isOwnedHere, createdAt, createdBy, updatedAt }: SubscriptionDetail): Field[] {
  const where = isOwnedHere ? ' this server' : ' another server'
  const fields: Field[] = [
    {
      label: 'Owner',
      value:
        owner === null ? (
          <span className="dim">nobody</span>
        ) : (
          <>
            <span className="mono">{owner}</span>
            <span className="dim">{where}</span>
          </>
        ),
      copy: owner ?? undefined,
    },
  ]
  if (createdAt !== null) fields.push({ label: 'Made', value: <FullTimestamp value={createdAt} /> })
  if (createdBy !== null)
    fields.push({ label: 'Made by', value: <KeyName id={createdBy} />, copy: createdBy })
  if (updatedAt !== null && updatedAt !== createdAt)
    fields.push({ label: 'Changed', value: <FullTimestamp value={updatedAt} /> })
  return fields
}

const DEAD_LETTER = {
  setAside: 'What follows in its key goes on',
  parkKey: 'Its key stands still until somebody lets it go on',
} as const
