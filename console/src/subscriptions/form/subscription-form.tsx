import { Button, Stack, TagsInput, Textarea, TextInput } from '@mantine/core'
import type { FormEvent } from 'react'
import { useCatalog } from '../../catalog/use-catalog.ts'
import { FormFoot } from '../../ui/form-foot.tsx'
import type { Draft, FieldsProps } from './draft.ts'
import { faultsOf, isAt } from './faults.ts'
import { MoreFields } from './more-fields.tsx'
import { StartFields } from './start-fields.tsx'

interface SubscriptionFormProps {
  readonly draft: Draft
  readonly onChange: (draft: Draft) => void
  readonly verb: string
  /** Of one that is there: what can be given once stays as it is. */
  readonly isChange?: boolean
  readonly action: { readonly isPending: boolean; readonly error: unknown; readonly mutate: () => void }
  readonly onCancel: () => void
}

const FIELDS = [
  ...['/name', '/types', '/topics', '/filter', '/start', '/deadLetter', '/concurrency', '/timeoutSeconds'],
  ...['/retry/attempts', '/retry/backoff', '/retry/initialSeconds', '/retry/maxSeconds'],
]

export function SubscriptionForm(props: SubscriptionFormProps) {
  const { draft, onChange, verb, isChange = false, action, onCancel } = props
  const faults = faultsOf(action.error)
  const faultOf = (pointer: string) => faults.find(fault => isAt(fault.pointer, pointer))?.message
  // What stands beside its field needs not to be said again.
  const isShown =
    faults.length > 0 && faults.every(({ pointer }) => FIELDS.some(field => isAt(pointer, field)))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!action.isPending) action.mutate()
  }
  const fields = { draft, onChange, faultOf }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {!isChange && (
          <TextInput
            label="Name"
            description="At most 50 letters, digits and . _ - ; it cannot be changed later"
            required
            withAsterisk={false}
            maxLength={50}
            data-autofocus
            spellCheck={false}
            value={draft.name}
            onChange={event => onChange({ ...draft, name: event.currentTarget.value })}
            error={faultOf('/name')}
          />
        )}
        <WhatFields {...fields} />
        {!isChange && <StartFields {...fields} />}
        <MoreFields {...fields} />
        <FormFoot error={isShown ? null : action.error}>
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={action.isPending} disabled={!isChange && draft.name.trim() === ''}>
            {verb}
          </Button>
        </FormFoot>
      </Stack>
    </form>
  )
}

function WhatFields({ draft, onChange, faultOf }: FieldsProps) {
  const catalog = useCatalog().data
  const types = catalog?.events.map(({ type }) => type) ?? []
  const topics = catalog?.topics.map(({ name }) => name) ?? []
  return (
    <>
      <TagsInput
        label="Event types"
        description="Every type where none is named"
        data={[...new Set(types)]}
        limit={30}
        value={[...draft.types]}
        onChange={value => onChange({ ...draft, types: value })}
        error={faultOf('/types')}
        comboboxProps={{ withinPortal: false }}
      />
      <TagsInput
        label="Topics"
        description="Every topic where none is named"
        data={[...new Set(topics)]}
        limit={30}
        value={[...draft.topics]}
        onChange={value => onChange({ ...draft, topics: value })}
        error={faultOf('/topics')}
        comboboxProps={{ withinPortal: false }}
      />
      <Textarea
        label="Filter"
        description="Such as: payload.amount > 100 AND source LIKE 'billing%'"
        autosize
        minRows={1}
        maxRows={6}
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12.5 } }}
        value={draft.filter}
        onChange={event => onChange({ ...draft, filter: event.currentTarget.value })}
        error={faultOf('/filter')}
      />
    </>
  )
}
