import { Button, Group } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Removal } from '../../api/log-query.ts'
import type { RemovalReceiptView } from '../../api/log-types.ts'
import { DownloadButton } from '../../log/download-button.tsx'
import { fileNameOf, saveFile } from '../../log/save-file.ts'
import { FullTimestamp } from '../../time/timestamp.tsx'
import { FieldList } from '../../ui/field-list.tsx'
import css from '../erasure.module.css'

interface ReceiptProps {
  readonly receipt: RemovalReceiptView
  readonly removal: Removal
  readonly reference: string
}

/** Where the log says that it was done: something to hand to whoever asked for it. */
export function Receipt({ receipt, removal, reference }: ReceiptProps) {
  const { eventId, n, leafHash, recordedAt, proof } = receipt
  const text = (value: string) => <span className="mono">{value}</span>
  const save = () =>
    saveFile(
      `receipt-${fileNameOf(reference)}.json`,
      `${JSON.stringify({ ...aboutOf(removal), ...receipt }, null, 2)}\n`,
    )
  return (
    <div className={css.receipt}>
      <FieldList
        fields={[
          { label: 'Leaf of the log', value: text(String(n)), copy: String(n) },
          { label: 'Leaf hash', value: text(leafHash), copy: leafHash },
          { label: 'Recorded', value: <FullTimestamp value={recordedAt} />, copy: recordedAt },
          {
            label: 'Record',
            value: (
              <Link
                to="/events/$eventId"
                params={{ eventId }}
                search={{ tab: 'integrity' }}
                className={`mono ${css.link}`}
              >
                {eventId}
              </Link>
            ),
            copy: eventId,
          },
        ]}
      />
      <Group gap="xs" mt="sm">
        <Button size="xs" variant="default" leftSection={<IconDownload size={14} />} onClick={save}>
          Download the receipt
        </Button>
        <DownloadButton path={proof} fileName={`${fileNameOf(eventId)}.tlog-proof`}>
          Download its proof
        </DownloadButton>
      </Group>
    </div>
  )
}

/** What a receipt says beside where it stands in the log. */
const aboutOf = (removal: Removal): object => {
  if ('keys' in removal) return { request: removal.request, keys: removal.keys }
  return { reason: removal.reason, event: removal.eventId, paths: removal.paths }
}
