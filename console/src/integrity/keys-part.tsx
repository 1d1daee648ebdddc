import { Button, Group, Text } from '@mantine/core'
import { IconRotate } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { parsePolicy, verifierKeyText } from 'keelson/proof'
import { useState } from 'react'
import { policyQuery } from '../api/log-query.ts'
import type { LogKeyRotation } from '../api/log-types.ts'
import { useApi, useSession } from '../auth/context.ts'
import { Part } from '../catalog/page/page-frame.tsx'
import { Confirm } from '../delivery/confirm.tsx'
import { Mark } from '../delivery/mark.tsx'
import { DownloadButton } from '../log/download-button.tsx'
import { useLogPermissions } from '../log/permission.ts'
import { useLogAction } from '../log/use-log-action.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import css from './integrity.module.css'

/** Keys that have signed the log, its witnesses, and the change of the key. */
export function KeysPart() {
  const api = useApi()
  const policy = useQuery(policyQuery(api, useSession()?.tenant ?? null))
  const { canManage } = useLogPermissions()
  const [isAsking, setAsking] = useState(false)
  const rotate = useLogAction(
    sender => sender.send<LogKeyRotation>('/v1/log/keys/rotation', { method: 'POST' }),
    () => setAsking(false),
  )
  return (
    <Part title="Keys and witnesses">
      {policy.isError && <ProblemAlert error={policy.error} onRetry={() => void policy.refetch()} />}
      {policy.data && <PolicyKeys text={policy.data} />}
      <Group gap="xs" mt="sm">
        <DownloadButton path="/v1/log/policy" fileName="policy.txt">
          Download the policy
        </DownloadButton>
        {canManage && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRotate size={14} />}
            onClick={() => setAsking(true)}
          >
            Change the key…
          </Button>
        )}
      </Group>
      <Confirm
        opened={isAsking}
        onClose={() => setAsking(false)}
        title="Sign with a new key"
        verb="Change the key"
        action={rotate}
      >
        <Text size="sm">
          What is there is signed once more with the key until now, then a new one is made, and a record of it
          stands in the log. Checkpoints of before stay valid: their key stays in the policy. Whoever verifies
          with a copy of the policy needs the new one.
        </Text>
      </Confirm>
    </Part>
  )
}

function PolicyKeys({ text }: { readonly text: string }) {
  const { logs, witnesses, groups, quorum } = parsePolicy(text)
  const group = quorum === undefined ? undefined : groups.get(quorum)
  const needed = quorum === undefined ? 0 : (group?.needed ?? 1)
  return (
    <ul className={css.keys}>
      {logs.map((key, at) => (
        <li key={key.id}>
          <Mark tone={at === 0 ? 'ok' : 'mute'}>{at === 0 ? 'signs now' : 'signed before'}</Mark>
          <KeyText text={verifierKeyText(key)} what="key of the log" />
        </li>
      ))}
      {[...witnesses].map(([name, key]) => (
        <li key={name}>
          <Mark tone="ok">witness</Mark>
          <KeyText text={verifierKeyText(key)} what={`key of ${name}`} />
        </li>
      ))}
      <li className={css.quorum}>
        {witnesses.size === 0
          ? 'No witness is set up: a rewritten log that is signed with the true key shows only against a head that somebody kept.'
          : `${needed} of ${witnesses.size} witnesses must have signed a checkpoint.`}
      </li>
    </ul>
  )
}

function KeyText({ text, what }: { readonly text: string; readonly what: string }) {
  return (
    <span className={css.key}>
      <span className="mono">{text}</span>
      <CopyButton value={text} what={what} />
    </span>
  )
}
