import { Button, Skeleton } from '@mantine/core'
import { IconUserPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { approvalsNeededQuery, approversQuery } from '../../api/log-query.ts'
import type { ApproverItem } from '../../api/log-types.ts'
import { useApi, useSession } from '../../auth/context.ts'
import { Mark } from '../../delivery/mark.tsx'
import table from '../../delivery/table.module.css'
import { Timestamp } from '../../time/timestamp.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import css from '../erasure.module.css'
import { RegisterApprover } from './register-approver.tsx'
import { RevokeApprover } from './revoke-approver.tsx'

export function ApproversTab() {
  const api = useApi()
  const tenant = useSession()?.tenant ?? null
  const approvers = useQuery(approversQuery(api, tenant))
  const needed = useQuery(approvalsNeededQuery(api, tenant)).data ?? 0
  const [isAdding, setAdding] = useState(false)
  const [revoked, setRevoked] = useState<ApproverItem>()
  const active = approvers.data?.filter(({ revokedAt }) => revokedAt === null) ?? []
  return (
    <>
      <div className={css.head}>
        <p className={css.lead}>
          Approvers sign each erasure with keys of their own, so that whoever runs the server cannot make one
          look lawful alone. They stand in the log; a change of them is signed by one of those there are.
          {needed > 0 && ` ${needed} of them must sign each removal.`}
        </p>
        <Button
          variant="default"
          leftSection={<IconUserPlus size={16} />}
          disabled={!approvers.isSuccess}
          onClick={() => setAdding(true)}
        >
          Register an approver…
        </Button>
      </div>
      {approvers.isPending && <Skeleton h={120} aria-label="Loading the approvers" />}
      {approvers.isError && <ProblemAlert error={approvers.error} onRetry={() => void approvers.refetch()} />}
      {approvers.data?.length === 0 && (
        <p className={css.none}>No approver is registered: an erasure needs no signature.</p>
      )}
      {approvers.data && approvers.data.length > 0 && (
        <div className={table.plain}>
          <table className={table.table} aria-label="Approvers">
            <thead>
              <tr>
                <th>Name</th>
                <th>State</th>
                <th className={table.wide}>Verifier key</th>
                <th>Registered</th>
                <th>
                  <span className={css.hidden}>Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {approvers.data.map(approver => (
                <ApproverRow key={approver.name} approver={approver} onRevoke={() => setRevoked(approver)} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {isAdding && <RegisterApprover active={active} onClose={() => setAdding(false)} />}
      {revoked && <RevokeApprover approver={revoked} active={active} onClose={() => setRevoked(undefined)} />}
    </>
  )
}

interface ApproverRowProps {
  readonly approver: ApproverItem
  readonly onRevoke: () => void
}

function ApproverRow({ approver, onRevoke }: ApproverRowProps) {
  const { name, key, registeredAt, revokedAt } = approver
  const isActive = revokedAt === null
  return (
    <tr>
      <td className={table.nowrap}>{name}</td>
      <td className={table.nowrap}>
        <Mark tone={isActive ? 'ok' : 'mute'}>{isActive ? 'signs' : 'revoked'}</Mark>
      </td>
      <td className={table.wide}>
        <span className={css.keyText}>
          <span className={`${table.sub} mono`} title={key}>
            {key}
          </span>
          <CopyButton value={key} what={`key of ${name}`} />
        </span>
      </td>
      <td className={table.nowrap}>
        <Timestamp value={registeredAt} />
      </td>
      <td className={table.number}>
        {isActive && (
          <Button size="compact-xs" variant="default" onClick={onRevoke}>
            Revoke…
          </Button>
        )}
      </td>
    </tr>
  )
}
