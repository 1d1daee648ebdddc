import { Button, Group, Skeleton } from '@mantine/core'
import { IconDownload, IconRefresh } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { eventQuery } from '../../api/event-query.ts'
import type { ProofParts } from '../../api/log-query.ts'
import { proofQuery } from '../../api/log-query.ts'
import type { EventDetail, EventItem } from '../../api/types.ts'
import { useApi, useSession } from '../../auth/context.ts'
import { fileNameOf, saveFile } from '../../log/save-file.ts'
import { type Field, FieldList } from '../../ui/field-list.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import css from './integrity.module.css'
import { PathDrawing } from './path-drawing.tsx'
import { ladderOf } from './rungs.ts'
import { StepList } from './step-list.tsx'
import { verifyProof } from './steps.ts'

export function IntegrityTab({ detail }: { readonly detail: EventDetail }) {
  const { eventId } = detail.event
  const api = useApi()
  const tenant = useSession()?.tenant ?? null
  const parts = useQuery(proofQuery(api, tenant, eventId))
  // What was erased or redacted since the event was read would look like a forgery.
  const fresh = useQuery({ ...eventQuery(api, tenant, eventId), refetchOnMount: 'always' })
  const isFetching = parts.isFetching || fresh.isFetching
  const refetch = () => void Promise.all([fresh.refetch(), parts.refetch()])
  return (
    <div className={css.columns}>
      <section>
        <h2 className={css.title}>The proof, step by step</h2>
        <p className={css.text}>
          Your browser recomputes every hash and checks every signature itself, from the leaf, its proof and
          the keys of the log. It takes nobody's word for the result.
        </p>
        {isFetching && <Skeleton h={220} aria-label="Fetching the proof" />}
        {parts.isError && <ProblemAlert error={parts.error} onRetry={refetch} />}
        {parts.data && !isFetching && (
          <Verified event={fresh.data?.event ?? detail.event} parts={parts.data} />
        )}
        <Group gap="xs" mt="sm">
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh size={14} />}
            loading={isFetching}
            onClick={refetch}
          >
            Verify again
          </Button>
          {parts.data && (
            <Button
              size="xs"
              variant="default"
              leftSection={<IconDownload size={14} />}
              onClick={() => saveFile(`${fileNameOf(eventId)}.tlog-proof`, parts.data.proof)}
            >
              Download the proof
            </Button>
          )}
        </Group>
        <p className={css.limits}>
          <strong>What this shows:</strong> the content on this page is what was recorded, at this place of a
          log whose key has signed the root. <strong>What it does not show:</strong> that the sender told the
          truth, and that the log was never forked: that takes a head that you kept, or a witness.
        </p>
      </section>
      <section>
        {parts.data && <Way parts={parts.data} />}
        <h2 className={css.title}>The seal</h2>
        <FieldList fields={sealFields(detail)} />
        <h2 className={css.title}>The leaf, exactly</h2>
        <pre className={css.leaf}>{parts.data?.sealed.leaf ?? detail.seal.leaf}</pre>
        {parts.data && (
          <>
            <h2 className={css.title}>The signed head that the proof leads to</h2>
            <pre className={css.leaf}>{checkpointOf(parts.data)}</pre>
          </>
        )}
      </section>
    </div>
  )
}

function Verified({ event, parts }: { readonly event: EventItem; readonly parts: ProofParts }) {
  const steps = useMemo(() => verifyProof(event, parts), [event, parts])
  return <StepList steps={steps} />
}

function Way({ parts }: { readonly parts: ProofParts }) {
  const ladder = useMemo(() => ladderOf(parts.sealed.leaf, parts.proof), [parts])
  if (ladder === undefined) return null
  return (
    <>
      <h2 className={css.title}>The way to the root</h2>
      <PathDrawing ladder={ladder} />
    </>
  )
}

const checkpointOf = ({ proof }: ProofParts): string => proof.slice(proof.indexOf('\n\n') + 2).trimEnd()

function sealFields({ event, seal }: EventDetail): Field[] {
  const hash = (label: string, value: string): Field => ({
    label,
    value: <span className="mono">{value}</span>,
    copy: value,
  })
  return [
    hash('Leaf hash', event.leafHash),
    hash('Previous hash', event.previousHash),
    hash('Body commitment', commitment(seal.leaf)),
    hash('Blind', seal.blind),
  ]
}

function commitment(leaf: string): string {
  try {
    return String((JSON.parse(leaf) as { body?: string }).body)
  } catch {
    return 'the leaf is unreadable'
  }
}
