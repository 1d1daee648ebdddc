import { Button, Skeleton, Stack, Text, Title, VisuallyHidden } from '@mantine/core'
import { IconPlayerTrackNext } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { isUnderWay, replaysQuery } from '../api/delivery-query.ts'
import { useApi, useSession } from '../auth/context.ts'
import page from '../delivery/page.module.css'
import { useDeliveryPermissions } from '../delivery/permission.ts'
import { RefreshBar } from '../delivery/refresh-bar.tsx'
import { countText } from '../delivery/words.ts'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { usePageTitle } from '../ui/use-page-title.ts'
import { useShortcuts } from '../ui/use-shortcuts.ts'
import { ReplayTable } from './replay-table.tsx'
import { StartReplay } from './start/start-replay.tsx'

export function ReplaysPage() {
  usePageTitle('Replays')
  const search = useSearch({ from: '/signed-in/replays' })
  const navigate = useNavigate({ from: '/replays' })
  const api = useApi()
  const query = useQuery(replaysQuery(api, useSession()?.tenant ?? null))
  const { canReplay } = useDeliveryPermissions()
  useShortcuts({ r: () => void query.refetch() })
  const runs = query.data?.data
  const open = () => void navigate({ search: { ...search, new: true }, replace: true })
  const close = () => void navigate({ search: ({ new: _, ...rest }) => rest, replace: true })
  return (
    <div className={page.page}>
      <VisuallyHidden component="h1">Replays</VisuallyHidden>
      <div className={page.toolbar}>
        <p className={page.help}>
          Runs that give events to a subscription again: from the log, or its dead letters.
        </p>
        {canReplay && (
          <Button ml="auto" leftSection={<IconPlayerTrackNext size={16} />} onClick={open}>
            New replay
          </Button>
        )}
      </div>
      {query.isError && (
        <div className={page.problem}>
          <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />
        </div>
      )}
      {query.isPending && (
        <div className={page.skeleton} role="status" aria-label="Loading the replays">
          <Skeleton h={36} mb={10} />
          <Skeleton h={36} />
        </div>
      )}
      {runs?.length === 0 && <NoReplays />}
      {runs && runs.length > 0 && <ReplayTable runs={runs} chosen={search.run} canReplay={canReplay} />}
      <RefreshBar query={query}>
        {runs &&
          `${countText(runs.length, 'replay')}, ${runs.filter(isUnderWay).length} under way${query.data?.page.hasMore ? '; older ones are not shown' : ''}`}
      </RefreshBar>
      {canReplay && search.new && <StartReplay subscription={search.subscription} onClose={close} />}
    </div>
  )
}

function NoReplays() {
  return (
    <Stack gap="sm" align="center" className={page.none} flex={1}>
      <Title order={2} size="h4">
        No replays yet
      </Title>
      <Text c="dimmed" size="sm" maw="64ch">
        A replay gives a stretch of the log to one subscription again: after a fault in its handler was
        mended, or to fill what it feeds anew. It says first how many events it is about, keeps to a rate, and
        can be paused and aborted.
      </Text>
    </Stack>
  )
}
