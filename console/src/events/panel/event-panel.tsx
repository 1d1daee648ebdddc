import { ActionIcon, Button, Group, Skeleton, Title, Tooltip } from '@mantine/core'
import { IconArrowsDiagonal, IconChevronDown, IconChevronUp, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { eventQuery } from '../../api/event-query.ts'
import type { EventItem } from '../../api/types.ts'
import { useApi, useSession } from '../../auth/context.ts'
import { DigestNote } from '../../event/digest-note.tsx'
import type { EventSearch } from '../../filter/filter.ts'
import { JsonTree } from '../../json/json-tree.tsx'
import { essentials } from '../../ui/essentials.tsx'
import { FieldList } from '../../ui/field-list.tsx'
import { eventTitle } from '../../ui/party.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import css from './panel.module.css'

interface EventPanelProps {
  readonly eventId: string
  /** The row as the list has it, to show at once. */
  readonly row: EventItem | undefined
  readonly search: EventSearch
  readonly onStep: (by: 1 | -1) => void
  readonly onClose: () => void
}

export function EventPanel({ eventId, row, search, onStep, onClose }: EventPanelProps) {
  const api = useApi()
  const detail = useQuery(eventQuery(api, useSession()?.tenant ?? null, eventId))
  const event = detail.data?.event ?? row
  return (
    <aside className={css.panel} aria-label="Selected event">
      <div className={css.bar}>
        <Button
          size="compact-sm"
          variant="light"
          leftSection={<IconArrowsDiagonal size={14} />}
          renderRoot={props => <Link {...props} to="/events/$eventId" params={{ eventId }} />}
        >
          Open page
        </Button>
        <Group gap={2} ml="auto">
          <Step label="Previous row (k)" onClick={() => onStep(-1)} Icon={IconChevronUp} />
          <Step label="Next row (j)" onClick={() => onStep(1)} Icon={IconChevronDown} />
          <Step label="Close (Esc)" onClick={onClose} Icon={IconX} />
        </Group>
      </div>
      <div className={css.body}>
        {detail.isError && <ProblemAlert error={detail.error} onRetry={() => void detail.refetch()} />}
        {event && (
          <>
            <Title order={2} className={css.title}>
              {eventTitle(event)}
            </Title>
            <FieldList fields={[...essentials(event), ...place(event)]} within={search} />
          </>
        )}
        <Title order={3} className={css.section}>
          Payload
        </Title>
        {detail.data?.event.payload !== undefined && (
          <div className={css.note}>
            <DigestNote value={detail.data.event.payload} />
          </div>
        )}
        {detail.data?.event.payload !== undefined && (
          <JsonTree key={eventId} label="Payload" value={detail.data.event.payload} openDepth={3} />
        )}
        {detail.isPending && <Skeleton h={120} />}
      </div>
    </aside>
  )
}

function place(event: EventItem) {
  const mono = (text: string) => <span className="mono">{text}</span>
  return [
    {
      label: 'Stream',
      value: mono(event.stream),
      copy: event.stream,
      filter: { field: 'stream' as const, value: event.stream },
    },
    {
      label: 'Correlation',
      value: mono(event.correlationId),
      copy: event.correlationId,
      filter: { field: 'correlationId' as const, value: event.correlationId },
    },
    { label: 'Event id', value: mono(event.eventId), copy: event.eventId },
    { label: 'Position', value: event.position.toLocaleString('en'), copy: String(event.position) },
  ]
}

interface StepProps {
  readonly label: string
  readonly onClick: () => void
  readonly Icon: typeof IconX
}

function Step({ label, onClick, Icon }: StepProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label.replace(/ \(.*/, '')} onClick={onClick}>
        <Icon size={17} stroke={1.7} />
      </ActionIcon>
    </Tooltip>
  )
}
