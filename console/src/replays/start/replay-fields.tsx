import { Checkbox, Group, NativeSelect, TagsInput, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { subscriptionsQuery } from '../../api/delivery-query.ts'
import { useApi, useSession } from '../../auth/context.ts'
import { useCatalog } from '../../catalog/use-catalog.ts'
import { useTimePreferences } from '../../time/context.tsx'
import { zoneName } from '../../time/format.ts'
import type { End, ReplayDraft } from './draft.ts'

interface ReplayFieldsProps {
  readonly draft: ReplayDraft
  readonly onChange: (draft: ReplayDraft) => void
  /** What the server has against a field, by its pointer. */
  readonly faultOf: (pointer: string) => string | undefined
}

export function ReplayFields({ draft, onChange, faultOf }: ReplayFieldsProps) {
  const catalog = useCatalog().data
  return (
    <>
      <NativeSelect
        label="Subscription"
        data={[{ value: '', label: 'Choose one' }, ...useNames(draft.subscription)]}
        value={draft.subscription}
        onChange={event => onChange({ ...draft, subscription: event.currentTarget.value })}
        error={faultOf('/subscription')}
      />
      <EndFields
        label="From"
        open="The beginning of the log"
        end={draft.from}
        onChange={from => onChange({ ...draft, from })}
        fault={faultOf('/from')}
      />
      <EndFields
        label="To"
        open="What is there now"
        end={draft.to}
        onChange={to => onChange({ ...draft, to })}
        fault={faultOf('/to')}
      />
      <TagsInput
        label="Event types"
        description="All that the subscription takes, where none is named"
        data={[...new Set(catalog?.events.map(({ type }) => type))]}
        limit={30}
        value={[...draft.types]}
        onChange={types => onChange({ ...draft, types })}
        error={faultOf('/types')}
        comboboxProps={{ withinPortal: false }}
      />
      <TextInput
        type="number"
        min={0.01}
        step="any"
        label="At most, per second"
        description="As fast as it goes where it is empty"
        value={draft.rate}
        onChange={event => onChange({ ...draft, rate: event.currentTarget.value })}
        error={faultOf('/ratePerSecond')}
      />
      <Checkbox
        label="With side effects"
        description="Off, handlers are told that it is a replay, so that no mail is sent twice"
        checked={draft.withSideEffects}
        onChange={event => onChange({ ...draft, withSideEffects: event.currentTarget.checked })}
      />
    </>
  )
}

interface EndFieldsProps {
  readonly label: string
  /** What an open end means. */
  readonly open: string
  readonly end: End
  readonly onChange: (end: End) => void
  readonly fault: string | undefined
}

function EndFields({ label, open, end, onChange, fault }: EndFieldsProps) {
  const { zone } = useTimePreferences()
  return (
    <Group grow align="flex-start">
      <NativeSelect
        label={label}
        data={[
          { value: 'open', label: open },
          { value: 'position', label: 'A position' },
          { value: 'time', label: 'A time' },
        ]}
        value={end.kind}
        onChange={event => onChange({ kind: event.currentTarget.value as End['kind'], at: '' })}
      />
      {end.kind !== 'open' && (
        <TextInput
          label={
            end.kind === 'position' ? `${label} position` : `${label} time (${zoneName(zone)} unless it says)`
          }
          placeholder={end.kind === 'position' ? '1200' : '2026-11-20 14:00'}
          required
          withAsterisk={false}
          value={end.at}
          onChange={event => onChange({ ...end, at: event.currentTarget.value })}
          error={fault}
        />
      )}
    </Group>
  )
}

/** Subscriptions that events can be given to again. */
function useNames(chosen: string) {
  const api = useApi()
  const { data } = useQuery(subscriptionsQuery(api, useSession()?.tenant ?? null))
  const names = data?.data.filter(({ kind }) => kind === 'delivery').map(({ name }) => name) ?? []
  return chosen === '' || names.includes(chosen) ? names : [chosen, ...names]
}
