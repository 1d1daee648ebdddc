import { Button } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import { useState } from 'react'
import type { DeadLetterDetail } from '../../api/delivery-types.ts'
import type { JsonValue } from '../../api/types.ts'
import pageCss from '../../catalog/page/page.module.css'
import page from '../../delivery/page.module.css'
import { useDeliveryPermissions } from '../../delivery/permission.ts'
import { TextDiff } from '../../diff/text-diff.tsx'
import { JsonTree } from '../../json/json-tree.tsx'
import { printPayload } from '../edit/parse-payload.ts'
import { PayloadEditor } from '../edit/payload-editor.tsx'
import css from './letter.module.css'

interface PayloadPartProps {
  readonly letter: DeadLetterDetail
  readonly isGone: boolean
}

/** What will be delivered: the event's payload, or what it was edited to. */
export function PayloadPart({ letter, isGone }: PayloadPartProps) {
  const { canReplay } = useDeliveryPermissions()
  const [isEditing, setEditing] = useState(false)
  const original = letter.event?.payload as JsonValue | undefined
  const payload = letter.editedPayload ?? original
  if (payload === undefined) return <Removed />
  const canEdit = canReplay && !isGone && letter.event !== null
  return (
    <section className={pageCss.part}>
      <div className={pageCss.partHead}>
        <h2>{letter.isEdited ? 'Payload, as it was edited' : 'Payload'}</h2>
        {canEdit && !isEditing && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconPencil size={14} />}
            onClick={() => setEditing(true)}
          >
            Edit
          </Button>
        )}
      </div>
      {isEditing ? (
        <PayloadEditor letter={letter} payload={payload} onClose={() => setEditing(false)} />
      ) : (
        <div className={css.box}>
          <JsonTree label="Payload" value={payload} openDepth={4} />
        </div>
      )}
      {!isEditing && letter.editedPayload !== undefined && original !== undefined && (
        <>
          <p className={css.caption} style={{ marginTop: 12 }}>
            Against the event in the log:
          </p>
          <TextDiff
            label="What differs from the event in the log"
            before={printPayload(original)}
            after={printPayload(letter.editedPayload)}
          />
        </>
      )}
    </section>
  )
}

function Removed() {
  return (
    <section className={pageCss.part}>
      <h2>Payload</h2>
      <p className={page.help}>The event's content was removed from the log: there is nothing to deliver.</p>
    </section>
  )
}
