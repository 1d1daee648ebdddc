import { Button, Stack, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { useSession } from '../../auth/context.ts'
import { useMe } from '../../auth/use-me.ts'
import { Command } from '../../ui/command.tsx'
import css from './empty.module.css'
import { firstEventCurl, ingestCommand } from './first-event.ts'

/** A tenant without any event: how to send the first. */
export function NoEventsYet({ onRefresh }: { readonly onRefresh: () => void }) {
  const me = useMe()
  const session = useSession()
  const [at] = useState(() => new Date())
  const tenant = me.data?.role === 'platform-admin' ? (session?.tenant ?? undefined) : undefined
  const options = { origin: location.origin, tenant }
  return (
    <div className={css.empty}>
      <Stack gap="md">
        <Stack gap={4}>
          <Title order={2} size="h4">
            No events yet
          </Title>
          <Text c="dimmed" size="sm">
            Nothing has been recorded for this tenant. With a key that may write in{' '}
            <code>KEELSON_API_KEY</code>, import what GitHub delivered:
          </Text>
        </Stack>
        <Command text={ingestCommand(options)} />
        <Text c="dimmed" size="sm">
          or send one event:
        </Text>
        <Command text={firstEventCurl(options, at)} />
        <Button variant="default" w="fit-content" onClick={onRefresh}>
          Look again
        </Button>
      </Stack>
    </div>
  )
}

interface NoMatchProps {
  readonly onClear: () => void
  readonly live: boolean
}

export function NoMatch({ onClear, live }: NoMatchProps) {
  return (
    <div className={css.empty}>
      <Stack gap="sm" align="flex-start">
        <Title order={2} size="h4">
          {live ? 'Waiting for a matching event' : 'No event matches'}
        </Title>
        <Text c="dimmed" size="sm">
          There are events, but none with this filter. All words of a search must occur; add * to a word for
          its beginnings.
        </Text>
        <Button variant="default" onClick={onClear}>
          Clear the filter
        </Button>
      </Stack>
    </div>
  )
}
