import { Button, Textarea } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useMemo, useState } from 'react'
import { letterPath } from '../../api/delivery-query.ts'
import type { DeadLetterDetail } from '../../api/delivery-types.ts'
import type { JsonValue } from '../../api/types.ts'
import { useAction } from '../../delivery/use-action.ts'
import { TextDiff } from '../../diff/text-diff.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import css from '../letter/letter.module.css'
import { parsePayload, printPayload } from './parse-payload.ts'

interface PayloadEditorProps {
  readonly letter: DeadLetterDetail
  readonly payload: JsonValue
  readonly onClose: () => void
}

/** Milliseconds without a key after which the JSON is looked at. */
const PAUSE = 200

/** Two steps: change the text, then look at the difference and save it. The server holds it to the type's schema. */
export function PayloadEditor({ letter, payload, onClose }: PayloadEditorProps) {
  // What is edited is what was there when the editor opened; its tag refuses what others change meanwhile.
  const [{ before, etag }] = useState(() => ({ before: printPayload(payload), etag: letter.etag }))
  const [text, setText] = useState(before)
  const [isReview, setReview] = useState(false)
  const [settled] = useDebouncedValue(text, PAUSE)
  const parsed = useMemo(() => parsePayload(settled), [settled])
  const after = 'value' in parsed ? printPayload(parsed.value) : undefined
  const isReady = settled === text && after !== undefined && after !== before
  const action = useAction(
    api =>
      api.send<DeadLetterDetail>(letterPath(letter.subscription, letter.id), {
        method: 'PATCH',
        body: { payload: (parsePayload(text) as { value: JsonValue }).value },
        headers: { 'if-match': etag },
      }),
    onClose,
  )
  const fault = 'fault' in parsed ? parsed.fault : undefined
  return (
    <div className={css.editor}>
      {action.error !== null && (
        <div className={css.refusal}>
          <ProblemAlert error={action.error} />
        </div>
      )}
      {isReview && after !== undefined ? (
        <>
          <p className={css.caption}>
            What will be delivered in place of the event's payload. The event in the log stays as it is.
          </p>
          <TextDiff label="What changes" before={before} after={after} />
          <div className={css.steps}>
            <Button loading={action.isPending} onClick={() => action.mutate()}>
              Save the change
            </Button>
            <Button variant="default" onClick={() => setReview(false)}>
              Edit further
            </Button>
            <Button variant="subtle" onClick={onClose}>
              Cancel
            </Button>
          </div>
        </>
      ) : (
        <Typing
          text={text}
          fault={fault}
          isReady={isReady}
          isChanged={after !== before}
          onText={setText}
          onReview={() => {
            action.reset()
            setReview(true)
          }}
          onClose={onClose}
        />
      )}
    </div>
  )
}

interface TypingProps {
  readonly text: string
  readonly fault: string | undefined
  readonly isReady: boolean
  readonly isChanged: boolean
  readonly onText: (text: string) => void
  readonly onReview: () => void
  readonly onClose: () => void
}

function Typing({ text, fault, isReady, isChanged, onText, onReview, onClose }: TypingProps) {
  return (
    <>
      <Textarea
        aria-label="Payload as JSON"
        autosize
        minRows={8}
        maxRows={26}
        spellCheck={false}
        autoFocus
        value={text}
        onChange={event => onText(event.currentTarget.value)}
        error={fault}
      />
      <div className={css.steps}>
        <Button disabled={!isReady} onClick={onReview}>
          Look at the change
        </Button>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        {fault === undefined && !isChanged && <span className="dim">Nothing is changed yet</span>}
      </div>
    </>
  )
}
