import { Button, Center, Loader, Popover } from '@mantine/core'
import { IconChevronDown, IconClock } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import type { EventSearch } from '../../filter/filter.ts'
import { RANGES } from '../../filter/range.ts'
import { useTimePreferences } from '../../time/context.tsx'
import { editable, type Zone } from '../../time/format.ts'
import type { ChangeSearch } from '../use-search.ts'

const Panel = lazy(() => import('./time-range-panel.tsx').then(m => ({ default: m.TimeRangePanel })))

function rangeLabel({ range, from, to }: EventSearch, zone: Zone): string {
  const show = (text: string) => editable(Date.parse(text), zone)
  if (from && to) return `${show(from)} – ${show(to)}`
  if (from) return `From ${show(from)}`
  if (to) return `Until ${show(to)}`
  return RANGES[range ?? 'all'].label
}

export function TimeRange({
  search,
  change,
}: {
  readonly search: EventSearch
  readonly change: ChangeSearch
}) {
  const [opened, setOpened] = useState(false)
  const { zone } = useTimePreferences()
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" trapFocus shadow="md" withRoles>
      <Popover.Target>
        <Button
          variant="default"
          onClick={() => setOpened(o => !o)}
          leftSection={<IconClock size={16} stroke={1.7} />}
          rightSection={<IconChevronDown size={14} />}
        >
          {rangeLabel(search, zone)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label="Time range">
        <Suspense fallback={<Waiting />}>
          <Panel search={search} change={change} onClose={() => setOpened(false)} />
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  )
}

function Waiting() {
  return (
    <Center w={480} h={330}>
      <Loader size="sm" />
    </Center>
  )
}
