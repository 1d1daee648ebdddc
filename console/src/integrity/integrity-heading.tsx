import { Button } from '@mantine/core'
import { IconPencilCheck } from '@tabler/icons-react'
import type { LogStatusView } from '../api/log-types.ts'
import page from '../catalog/page/page.module.css'
import { Mark } from '../delivery/mark.tsx'
import { useLogPermissions } from '../log/permission.ts'
import { useLogAction } from '../log/use-log-action.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import css from './integrity.module.css'
import { stateWords } from './words.ts'

/** Whose log it is, how it stands in plain words, and what to do where that is called for. */
export function IntegrityHeading({ status }: { readonly status: LogStatusView }) {
  const { origin, pending, size, state } = status
  const { canManage } = useLogPermissions()
  const { tone, word, meaning, remedy } = stateWords(status)
  const sign = useLogAction(api => api.text('/v1/log/checkpoints', { method: 'POST' }))
  return (
    <header>
      <div className={page.top}>
        <h1 className={page.heading}>Integrity</h1>
        <Mark tone={tone}>{word}</Mark>
        <div className={page.tools}>
          {canManage && (
            <Button
              variant="default"
              leftSection={<IconPencilCheck size={16} />}
              loading={sign.isPending}
              disabled={pending === 0 || state === 'forked'}
              title={
                pending > 0
                  ? undefined
                  : size === 0
                    ? 'There is nothing to sign'
                    : 'Everything is signed already'
              }
              onClick={() => sign.mutate()}
            >
              Sign now
            </Button>
          )}
        </div>
      </div>
      <div className={page.facts}>
        <span className={css.origin}>
          <span className="mono">{origin}</span>
          <CopyButton value={origin} what="name of the log" />
        </span>
        {remedy === undefined && <span>{meaning}</span>}
      </div>
      {remedy !== undefined && (
        <div className={css.notice} data-tone={tone} role={tone === 'bad' ? 'alert' : 'note'}>
          <p>
            <strong>{meaning}</strong>
          </p>
          <p>{remedy}</p>
        </div>
      )}
      {sign.isError && <ProblemAlert error={sign.error} />}
    </header>
  )
}
