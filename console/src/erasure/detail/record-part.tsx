import { Button, Group } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Removal } from '../../api/log-query.ts'
import { approversQuery } from '../../api/log-query.ts'
import { useApi, useSession } from '../../auth/context.ts'
import { Part } from '../../catalog/page/page-frame.tsx'
import { Mark } from '../../delivery/mark.tsx'
import { fileNameOf, saveFile } from '../../log/save-file.ts'
import { useLogAction } from '../../log/use-log-action.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import css from '../erasure.module.css'
import { signRecord } from '../key/key-file.ts'
import { type ChosenKey, KeyFileInput } from '../key/key-file-input.tsx'

interface RecordPartProps {
  readonly removal: Removal
  readonly reference: string
  readonly path: string
}

/** The exact text that approvers sign, who has, and signing it here. */
export function RecordPart({ removal, reference, path }: RecordPartProps) {
  const { record, approvers, approvedBy, status } = removal
  return (
    <Part title={approvers.length === 0 ? 'The record' : 'The record, and who signs it'}>
      <div className={css.head}>
        <p className={css.lead}>
          What the log says when it is done. Each approver signs exactly this text with Ed25519; their
          signatures are added to it. It has no personal data.
        </p>
        <Group gap="xs">
          <CopyButton value={record} what="record" />
          <Button
            size="xs"
            variant="default"
            leftSection={<IconDownload size={14} />}
            onClick={() => saveFile(`record-${fileNameOf(reference)}.json`, record)}
          >
            Download the record
          </Button>
        </Group>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <pre className={css.record} tabIndex={0}>
        {record}
      </pre>
      {approvers.length > 0 && (
        <ul className={css.list} style={{ marginTop: 12, maxWidth: 480 }} aria-label="Who signs">
          {approvers.map(name => (
            <li key={name}>
              <span>{name}</span>
              <Mark tone={approvedBy.includes(name) ? 'ok' : 'mute'}>
                {approvedBy.includes(name) ? 'has signed' : 'has not signed yet'}
              </Mark>
            </li>
          ))}
        </ul>
      )}
      {status === 'awaiting-approval' && <SignHere removal={removal} path={path} />}
    </Part>
  )
}

function SignHere({ removal, path }: Pick<RecordPartProps, 'removal' | 'path'>) {
  const { record, approvers, approvedBy } = removal
  const api = useApi()
  const known = useQuery(approversQuery(api, useSession()?.tenant ?? null))
  const [chosen, setChosen] = useState<ChosenKey>()
  const missing = known.data?.filter(({ name }) => approvers.includes(name) && !approvedBy.includes(name))
  const action = useLogAction(
    (sender, { name, seed }: ChosenKey) =>
      sender.send<Removal>(`${path}/approvals`, {
        method: 'POST',
        body: { key: name, signature: signRecord(seed, record) },
      }),
    () => {
      chosen?.seed.fill(0)
      setChosen(undefined)
    },
  )
  return (
    <Group gap="md" mt="md" align="flex-start">
      {known.isError && <ProblemAlert error={known.error} />}
      {missing && <KeyFileInput approvers={missing} chosen={chosen} onChoose={setChosen} />}
      <Button
        size="xs"
        disabled={chosen === undefined}
        loading={action.isPending}
        onClick={() => chosen && action.mutate(chosen)}
      >
        Sign the record
      </Button>
      {action.error !== null && <ProblemAlert error={action.error} />}
    </Group>
  )
}
