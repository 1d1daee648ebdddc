import { Group, NativeSelect, Stack, TextInput } from '@mantine/core'
import type { Draft, FieldsProps } from './draft.ts'

/** What has a default that mostly fits. */
export function MoreFields(props: FieldsProps) {
  const { draft, onChange, faultOf } = props
  const isFaulty = ['/retry', '/concurrency', '/timeoutSeconds', '/deadLetter'].some(faultOf)
  return (
    <details open={isFaulty || undefined}>
      <summary style={{ cursor: 'pointer', fontSize: 13, marginBottom: 8 }}>
        Retries, dead letters and limits
      </summary>
      <Stack gap="sm">
        <Group grow align="flex-start">
          <Numeral {...props} name="attempts" label="Tries" pointer="/retry/attempts" hint="5" />
          <NativeSelect
            label="Waits in between"
            data={[
              { value: 'exponential', label: 'growing' },
              { value: 'fixed', label: 'the same' },
            ]}
            value={draft.backoff}
            onChange={event => onChange({ ...draft, backoff: event.currentTarget.value as Draft['backoff'] })}
            error={faultOf('/retry/backoff')}
          />
        </Group>
        <Group grow align="flex-start">
          <Numeral
            {...props}
            name="initialSeconds"
            label="First wait, seconds"
            pointer="/retry/initialSeconds"
            hint="1"
          />
          {draft.backoff === 'exponential' && (
            <Numeral
              {...props}
              name="maxSeconds"
              label="Longest wait, seconds"
              pointer="/retry/maxSeconds"
              hint="300"
            />
          )}
        </Group>
        <NativeSelect
          label="When an event becomes a dead letter"
          data={[
            { value: 'setAside', label: 'what follows in its key goes on' },
            { value: 'parkKey', label: 'its key stands still until somebody lets it go on' },
          ]}
          value={draft.deadLetter}
          onChange={event =>
            onChange({ ...draft, deadLetter: event.currentTarget.value as Draft['deadLetter'] })
          }
          error={faultOf('/deadLetter')}
        />
        <Group grow align="flex-start">
          <Numeral
            {...props}
            name="concurrency"
            label="At the same time, events"
            pointer="/concurrency"
            hint="10"
          />
          <Numeral
            {...props}
            name="timeoutSeconds"
            label="To be settled within, seconds"
            pointer="/timeoutSeconds"
            hint="30"
          />
        </Group>
      </Stack>
    </details>
  )
}

interface NumeralProps extends FieldsProps {
  readonly name: 'attempts' | 'initialSeconds' | 'maxSeconds' | 'concurrency' | 'timeoutSeconds'
  readonly label: string
  readonly pointer: string
  /** What holds where the field is empty. */
  readonly hint: string
}

function Numeral({ draft, onChange, faultOf, name, label, pointer, hint }: NumeralProps) {
  return (
    <TextInput
      type="number"
      min={0}
      step="any"
      label={label}
      placeholder={hint}
      value={draft[name]}
      onChange={event => onChange({ ...draft, [name]: event.currentTarget.value })}
      error={faultOf(pointer)}
    />
  )
}
