import '@mantine/dates/styles.css'
import { Button, Group, SegmentedControl, Stack, TextInput } from '@mantine/core'
import { DatePicker } from '@mantine/dates'
import { type FormEvent, useState } from 'react'
import type { EventSearch } from '../../filter/filter.ts'
import { RANGE_NAMES, RANGES, type Range } from '../../filter/range.ts'
import { type ClockStyle, useTimePreferences } from '../../time/context.tsx'
import { editable, nextDay, parseInstant, type Zone, zoneName } from '../../time/format.ts'
import type { ChangeSearch } from '../use-search.ts'
import css from './toolbar.module.css'

interface PanelProps {
  readonly search: EventSearch
  readonly change: ChangeSearch
  readonly onClose: () => void
}

export function TimeRangePanel({ search, change, onClose }: PanelProps) {
  const choose = (range: Range) => {
    change(({ from: _from, to: _to, range: _range, ...rest }) =>
      range === 'all' ? rest : { ...rest, range },
    )
    onClose()
  }
  const absolute = Boolean(search.from || search.to)
  const current = absolute ? undefined : (search.range ?? 'all')
  return (
    <div className={css.panel}>
      <div className={css.presets}>
        {RANGE_NAMES.map(name => (
          <button
            key={name}
            type="button"
            className={css.preset}
            aria-pressed={name === current}
            onClick={() => choose(name)}
          >
            {RANGES[name].label}
          </button>
        ))}
        <TimeDisplay />
      </div>
      <AbsoluteRange search={search} change={change} onClose={onClose} />
    </div>
  )
}

function TimeDisplay() {
  const { zone, setZone, style, setStyle } = useTimePreferences()
  return (
    <div className={css.display}>
      <p className={css.caption}>Time zone</p>
      <SegmentedControl
        size="xs"
        aria-label="Time zone"
        value={zone}
        onChange={value => setZone(value as Zone)}
        data={[
          { value: 'local', label: 'Local' },
          { value: 'utc', label: 'UTC' },
        ]}
      />
      <p className={css.caption}>Times in lists</p>
      <SegmentedControl
        size="xs"
        aria-label="Times in lists"
        value={style}
        onChange={value => setStyle(value as ClockStyle)}
        data={[
          { value: 'relative', label: 'Ago' },
          { value: 'absolute', label: 'Clock' },
        ]}
      />
    </div>
  )
}

const CALENDAR = {
  previousMonth: 'Previous month',
  nextMonth: 'Next month',
  previousYear: 'Previous year',
  nextYear: 'Next year',
  previousDecade: 'Previous decade',
  nextDecade: 'Next decade',
}

const HINT = 'This is no time. Use 2026-11-20 14:30, ISO 8601 or a Unix time.'

function AbsoluteRange({ search, change, onClose }: PanelProps) {
  const { zone } = useTimePreferences()
  const show = (text: string | undefined) => (text ? editable(Date.parse(text), zone) : '')
  const [from, setFrom] = useState(() => show(search.from))
  const [to, setTo] = useState(() => show(search.to))
  const start = parseInstant(from, zone)
  const end = parseInstant(to, zone)
  const fromError = from !== '' && start === undefined && HINT
  const toError =
    (to !== '' && end === undefined && HINT) ||
    (start && end && end <= start && 'The end must be after the start.')
  const ready = (start !== undefined || end !== undefined) && !fromError && !toError

  const day = (instant: number | undefined) =>
    instant === undefined ? null : editable(instant, zone).slice(0, 10)
  const apply = (event: FormEvent) => {
    event.preventDefault()
    if (!ready) return
    change(({ range: _range, from: _from, to: _to, live: _live, ...rest }) => ({
      ...rest,
      ...(start !== undefined && { from: new Date(start).toISOString() }),
      ...(end !== undefined && { to: new Date(end).toISOString() }),
    }))
    onClose()
  }
  return (
    <form className={css.absolute} onSubmit={apply}>
      <DatePicker
        type="range"
        size="sm"
        allowSingleDateInRange
        hideOutsideDates
        weekendDays={[]}
        ariaLabels={CALENDAR}
        maxDate={editable(Date.now(), zone).slice(0, 10)}
        value={[day(start), day(end && end - 1000)]}
        onChange={([first, last]) => {
          setFrom(first ? `${first} 00:00:00` : '')
          setTo(last ? `${nextDay(last)} 00:00:00` : '')
        }}
      />
      <Stack gap="xs">
        <TextInput
          size="xs"
          label={`From (${zoneName(zone)})`}
          value={from}
          onChange={e => setFrom(e.currentTarget.value)}
          error={fromError}
          placeholder="2026-11-20 00:00:00"
        />
        <TextInput
          size="xs"
          label="To, not included"
          value={to}
          onChange={e => setTo(e.currentTarget.value)}
          error={toError}
          placeholder="open"
        />
        <Group justify="flex-end">
          <Button size="xs" type="submit" disabled={!ready}>
            Apply
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
