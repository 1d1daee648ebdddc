import { Group, NativeSelect, TextInput } from '@mantine/core'
import { useTimePreferences } from '../../time/context.tsx'
import { zoneName } from '../../time/format.ts'
import type { Draft, FieldsProps } from './draft.ts'

const MEANING: Readonly<Record<Draft['start'], string>> = {
  beginning: 'Every event that was ever stored, and then the new ones',
  now: 'What was stored before is never delivered',
  position: 'What was stored after that position',
  time: 'What was stored at that time and later',
}

const STARTS: readonly { readonly value: Draft['start']; readonly label: string }[] = [
  { value: 'beginning', label: 'The whole log' },
  { value: 'now', label: 'Events from now on' },
  { value: 'position', label: 'From a position on' },
  { value: 'time', label: 'From a time on' },
]

export function StartFields({ draft, onChange, faultOf }: FieldsProps) {
  const { zone } = useTimePreferences()
  const isPlace = draft.start === 'position' || draft.start === 'time'
  return (
    <Group grow align="flex-start">
      <NativeSelect
        label="Begins with"
        description={MEANING[draft.start]}
        data={[...STARTS]}
        value={draft.start}
        onChange={event =>
          onChange({ ...draft, start: event.currentTarget.value as Draft['start'], startAt: '' })
        }
        error={isPlace ? undefined : faultOf('/start')}
      />
      {isPlace && (
        <TextInput
          label={draft.start === 'position' ? 'Position' : `Time (${zoneName(zone)} unless it says)`}
          placeholder={draft.start === 'position' ? '1200' : '2026-11-20 14:00'}
          inputMode={draft.start === 'position' ? 'numeric' : 'text'}
          required
          withAsterisk={false}
          value={draft.startAt}
          onChange={event => onChange({ ...draft, startAt: event.currentTarget.value })}
          error={faultOf('/start')}
        />
      )}
    </Group>
  )
}
