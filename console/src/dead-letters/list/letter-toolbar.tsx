import { CloseButton, NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type LetterFilter, subscriptionsQuery } from '../../api/delivery-query.ts'
import type { DeadLetterGroupItem } from '../../api/delivery-types.ts'
import { useApi, useSession } from '../../auth/context.ts'
import page from '../../delivery/page.module.css'
import { manyText } from '../../delivery/words.ts'
import { CAUSES, FILTER_LABEL, FILTERS, type FilterName } from '../model/search.ts'
import { CAUSE_WORDS, errorText } from '../model/words.ts'
import css from './list.module.css'

interface LetterToolbarProps {
  readonly filter: LetterFilter
  readonly onChange: (filter: LetterFilter) => void
  readonly groups: readonly DeadLetterGroupItem[]
}

export function LetterToolbar({ filter, onChange, groups }: LetterToolbarProps) {
  const set = (name: FilterName, value: string) => {
    const next: { [filter in FilterName]?: string } = { ...filter, [name]: value }
    // A fingerprint is of one subscription's errors: another subscription is another search.
    if (name === 'subscription') delete next.fingerprint
    if (value === '') delete next[name]
    onChange(next)
  }
  const types = new Set([...groups.flatMap(group => Object.keys(group.eventTypes)), filter.type ?? ''])
  const chips = FILTERS.filter(name => filter[name] !== undefined && name !== 'subscription')
  return (
    <div className={page.toolbar}>
      <NativeSelect
        aria-label="Subscription"
        data={useSubscriptionChoices(filter.subscription)}
        value={filter.subscription ?? ''}
        onChange={event => set('subscription', event.currentTarget.value)}
      />
      <NativeSelect
        aria-label="Event type"
        data={[
          { value: '', label: 'Every type' },
          ...[...types]
            .filter(type => type !== '')
            .toSorted()
            .map(type => ({ value: type, label: type })),
        ]}
        value={filter.type ?? ''}
        onChange={event => set('type', event.currentTarget.value)}
      />
      <NativeSelect
        aria-label="Cause"
        data={[
          { value: '', label: 'Every cause' },
          ...CAUSES.map(cause => ({ value: cause, label: CAUSE_WORDS[cause].short })),
        ]}
        value={filter.cause ?? ''}
        onChange={event => set('cause', event.currentTarget.value)}
      />
      {chips.map(name => (
        <span key={name} className={css.chip}>
          <span className="ellipsis">
            <span className="dim">{FILTER_LABEL[name]}: </span>
            {chipText(name, filter[name] ?? '', groups)}
          </span>
          <CloseButton
            size="xs"
            radius="xl"
            aria-label={`Remove the filter ${FILTER_LABEL[name]}`}
            onClick={() => set(name, '')}
          />
        </span>
      ))}
    </div>
  )
}

function chipText(name: FilterName, value: string, groups: readonly DeadLetterGroupItem[]): string {
  if (name !== 'fingerprint') return value
  const group = groups.find(one => one.fingerprint === value)
  return group ? errorText(group.error, group.reason) : value
}

/** Subscriptions that can have any, and how many they have. */
function useSubscriptionChoices(chosen: string | undefined) {
  const api = useApi()
  const { data } = useQuery(subscriptionsQuery(api, useSession()?.tenant ?? null))
  const items = data?.data.filter(({ kind }) => kind === 'delivery') ?? []
  const choices = items.map(({ name, deadLetters }) => ({
    value: name,
    label: deadLetters === 0 ? name : `${name} (${manyText(deadLetters)})`,
  }))
  const isListed = chosen === undefined || choices.some(({ value }) => value === chosen)
  return [
    { value: '', label: 'Every subscription' },
    ...(isListed ? [] : [{ value: chosen, label: chosen }]),
    ...choices,
  ]
}
