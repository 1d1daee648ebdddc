import { Button, Group, Progress, Text } from '@mantine/core'
import { IconShieldCheck } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { checkQuery } from '../api/log-query.ts'
import type { LogCheckItem, LogStatusView } from '../api/log-types.ts'
import { useApi, useSession } from '../auth/context.ts'
import { Part } from '../catalog/page/page-frame.tsx'
import { Mark } from '../delivery/mark.tsx'
import delivery from '../delivery/page.module.css'
import { useLogPermissions } from '../log/permission.ts'
import { useLogAction } from '../log/use-log-action.ts'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import css from './integrity.module.css'
import { rememberCheck } from './own-check.ts'
import { checkWords } from './words.ts'

/** Lets the server check every entry against the signed head, and shows how far it is. */
export function CheckPart({ status }: { readonly status: LogStatusView }) {
  const { canManage } = useLogPermissions()
  const [id, setId] = useState<string>()
  const start = useLogAction(
    api => api.send<LogCheckItem>('/v1/log/checks', { method: 'POST' }),
    check => setId(check.id),
  )
  const api = useApi()
  const tenant = useSession()?.tenant ?? null
  const queries = useQueryClient()
  const query = useQuery({ ...checkQuery(api, tenant, id ?? ''), enabled: id !== undefined })
  const check = query.data ?? (id === undefined ? undefined : start.data)
  const isRunning = check?.state === 'running'
  useEffect(() => {
    if (check !== undefined) rememberCheck(queries, tenant, check)
  }, [check, queries, tenant])
  return (
    <Part title="Check the whole log">
      <Group justify="space-between" wrap="nowrap" gap="lg" align="flex-start">
        <p className={delivery.help}>
          The server reads every entry, recomputes its leaf and the tree, and holds the root to the newest
          signed head. Do not take the server's word alone: a bundle can be verified without it.
        </p>
        <Button
          leftSection={<IconShieldCheck size={16} />}
          loading={start.isPending}
          disabled={!canManage || isRunning || status.checkpoint === null}
          title={
            canManage ? undefined : 'This key may read the log, and not have it checked: log:manage is needed'
          }
          onClick={() => start.mutate()}
          style={{ flex: 'none' }}
        >
          Verify now
        </Button>
      </Group>
      {start.isError && <ProblemAlert error={start.error} />}
      {query.isError && <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />}
      {check && <CheckProgress check={check} />}
    </Part>
  )
}

function CheckProgress({ check }: { readonly check: LogCheckItem }) {
  const { tone, text } = checkWords(check)
  const share = check.total === null || check.total === 0 ? undefined : check.done / check.total
  const isRunning = check.state === 'running'
  return (
    <div className={css.progress}>
      <Text size="sm" component="div" role="status" aria-live="polite">
        <Mark tone={tone}>
          <span className={css.wrap}>{text}</span>
        </Mark>
      </Text>
      {isRunning && (
        <Progress.Root size="sm" mt={6}>
          <Progress.Section
            value={share === undefined ? 100 : share * 100}
            animated={share === undefined}
            color="keel.6"
            aria-label="Progress of the check"
          />
        </Progress.Root>
      )}
    </div>
  )
}
