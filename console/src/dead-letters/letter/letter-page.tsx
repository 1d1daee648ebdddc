import { Alert } from '@mantine/core'
import { Link, useParams } from '@tanstack/react-router'
import type { DeadLetterDetail } from '../../api/delivery-types.ts'
import { asProblem } from '../../api/problem.ts'
import { Awaited, Part } from '../../catalog/page/page-frame.tsx'
import { Frame } from '../../delivery/frame.tsx'
import { JsonTree } from '../../json/json-tree.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useShortcuts } from '../../ui/use-shortcuts.ts'
import { useLetter } from '../use-letters.ts'
import { Attempts } from './attempts.tsx'
import { Edits } from './edits.tsx'
import css from './letter.module.css'
import { LetterHeading } from './letter-heading.tsx'
import { PayloadPart } from './payload-part.tsx'

export function LetterPage() {
  const { subscription, id } = useParams({ from: '/signed-in/dead-letters/$subscription/$id' })
  const query = useLetter(subscription, Number(id))
  useShortcuts({ r: () => void query.refetch() })
  const { data } = query
  const back = (
    <>
      <Link to="/dead-letters">Dead letters</Link> <span aria-hidden>/</span>{' '}
      <Link to="/dead-letters" search={{ subscription }}>
        {subscription}
      </Link>
    </>
  )
  return (
    <Frame name={data ? `${data.eventType} at ${id}` : id} kind="Dead letters" back={back}>
      {!data && <Awaited query={query} what="dead letter" />}
      {data && query.isError && <Gone error={query.error} />}
      {data && <Whole letter={data} isGone={query.isError && asProblem(query.error).status === 404} />}
    </Frame>
  )
}

/** Shown over what was there: a replay may have taken it while one looked. */
function Gone({ error }: { readonly error: unknown }) {
  const isGone = asProblem(error).status === 404
  return (
    <div className={css.gone}>
      {isGone ? (
        <Alert variant="light" color="gray" role="status" title="It is no dead letter any more">
          It was replayed or discarded. What is below is how it was.
        </Alert>
      ) : (
        <ProblemAlert error={error} />
      )}
    </div>
  )
}

interface WholeProps {
  readonly letter: DeadLetterDetail
  /** Whether there is nothing to be done with it any more. */
  readonly isGone: boolean
}

function Whole({ letter, isGone }: WholeProps) {
  return (
    <>
      <LetterHeading letter={letter} isGone={isGone} />
      <Part title={letter.tries.length === 1 ? 'The try' : `${letter.tries.length} tries`}>
        <Attempts tries={letter.tries} recordedAt={letter.recordedAt} />
      </Part>
      <PayloadPart letter={letter} isGone={isGone} />
      {letter.edits.length > 0 && (
        <Part title="Changes by hand">
          <Edits edits={letter.edits} />
        </Part>
      )}
      {letter.event && (
        <Part title="Whole envelope, as it is in the log">
          <div className={css.box}>
            <JsonTree label="Envelope" value={asJson(letter.event)} openDepth={2} />
          </div>
        </Part>
      )}
    </>
  )
}

/** What came as JSON is JSON, though its type says more. */
const asJson = (event: NonNullable<DeadLetterDetail['event']>) =>
  ({ ...event }) as Parameters<typeof JsonTree>[0]['value']
