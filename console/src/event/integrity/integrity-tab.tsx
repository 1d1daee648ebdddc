import { Button } from '@mantine/core'
import { IconShieldCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { asProblem } from '../../api/problem.ts'
import type { EventDetail } from '../../api/types.ts'
import { type Field, FieldList } from '../../ui/field-list.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { CheckList } from './check-list.tsx'
import css from './integrity.module.css'
import { browserDigest, type Check, verifyEvent } from './verify.ts'

export function IntegrityTab({ detail }: { readonly detail: EventDetail }) {
  return (
    <div className={css.columns}>
      <Verify detail={detail} />
      <section>
        <h2 className={css.title}>The seal</h2>
        <FieldList fields={sealFields(detail)} />
        <h2 className={css.title}>The leaf, exactly</h2>
        <pre className={css.leaf}>{detail.seal.leaf}</pre>
      </section>
    </div>
  )
}

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

function Verify({ detail }: { readonly detail: EventDetail }) {
  const [checks, setChecks] = useState<readonly Check[]>()
  const [error, setError] = useState<unknown>()
  const digest = browserDigest()
  const run = async () => {
    if (!digest) return
    setError(undefined)
    try {
      setChecks(await verifyEvent(detail.event, detail.seal, digest))
    } catch (failure) {
      setChecks(undefined)
      setError(asProblem(failure))
    }
  }
  return (
    <section>
      <h2 className={css.title}>Verify in this browser</h2>
      <p className={css.text}>
        Your browser recomputes the hashes from the exact texts beside, and compares them with what is
        recorded. Nothing is sent to the server.
      </p>
      {digest ? (
        <Button leftSection={<IconShieldCheck size={16} />} onClick={() => void run()}>
          {checks ? 'Verify again' : 'Verify'}
        </Button>
      ) : (
        <p role="alert" className={css.bad}>
          This browser offers no cryptography here, because the page is not a secure context. Open the console
          over HTTPS or on localhost.
        </p>
      )}
      {error !== undefined && <ProblemAlert error={error} />}
      {checks && <CheckList checks={checks} />}
      <p className={css.limits}>
        <strong>What this shows:</strong> the content on this page is what the leaf was made from.{' '}
        <strong>What it does not show:</strong> that the leaf is in the tenant's chain. The previous hash only
        names the leaf before; whether that one is there, and whether all are, is for a verification of the
        whole log.
      </p>
    </section>
  )
}
