import { Button, Group, SegmentedControl, Text, TextInput } from '@mantine/core'
import { IconEraser } from '@tabler/icons-react'
import { lazy, Suspense, useDeferredValue, useState } from 'react'
import type { EventDetail } from '../api/types.ts'
import { useMe } from '../auth/use-me.ts'
import { JsonTree } from '../json/json-tree.tsx'
import { findMatches } from '../json/lines.ts'
import { pageCode } from '../shell/page-code.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { DigestNote } from './digest-note.tsx'
import css from './event.module.css'
import { RedactionNote } from './redaction-note.tsx'

/** Fetched when it is first asked for: most who read events redact none. */
const RequestRedaction = lazy(
  pageCode(() =>
    import('../erasure/redaction/request-redaction.tsx').then(part => ({ default: part.RequestRedaction })),
  ),
)

type View = 'tree' | 'raw' | 'body'

const VIEWS: readonly { value: View; label: string }[] = [
  { value: 'tree', label: 'Tree' },
  { value: 'raw', label: 'Raw' },
  { value: 'body', label: 'As recorded' },
]

export function PayloadTab({ detail }: { readonly detail: EventDetail }) {
  const [view, setView] = useState<View>('tree')
  const [text, setText] = useState('')
  const query = useDeferredValue(text)
  const payload = detail.event.payload ?? null
  const raw = JSON.stringify(payload, null, 2)
  const [isRedacting, setRedacting] = useState(false)
  const mayRedact = useMayRedact(detail)
  const hits = findMatches(payload, query).hits.size
  return (
    <>
      <Group gap="sm" mb="sm">
        <SegmentedControl
          size="xs"
          aria-label="View of the payload"
          value={view}
          onChange={value => setView(value as View)}
          data={[...VIEWS]}
        />
        {view === 'tree' && (
          <TextInput
            size="xs"
            type="search"
            w={240}
            aria-label="Search in the payload"
            placeholder="Search names and values"
            value={text}
            onChange={event => setText(event.currentTarget.value)}
          />
        )}
        <Text size="xs" c="dimmed" role="status">
          {view === 'tree' && query.trim() !== '' && `${hits} ${hits === 1 ? 'match' : 'matches'}`}
          {view === 'body' &&
            'The exact text that is sealed: the envelope in canonical JSON, with digests for personal fields.'}
        </Text>
        <Group gap={6} ml="auto">
          {mayRedact && (
            <Button
              size="compact-xs"
              variant="default"
              leftSection={<IconEraser size={14} />}
              onClick={() => setRedacting(true)}
            >
              Redact…
            </Button>
          )}
          <CopyButton
            what={view === 'body' ? 'recorded text' : 'payload'}
            value={view === 'body' ? detail.seal.body : raw}
          />
        </Group>
      </Group>
      {!isRecord(detail.seal.leaf) && <RedactionNote eventId={detail.event.eventId} />}
      <DigestNote value={payload} />
      {isRedacting && (
        <Suspense>
          <RequestRedaction detail={detail} onClose={() => setRedacting(false)} />
        </Suspense>
      )}
      <div className={css.box}>
        {view === 'tree' && <JsonTree label="Payload" value={payload} query={query} />}
        {view !== 'tree' && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
          <pre className={css.raw} tabIndex={0} data-wrap={view === 'body' || undefined}>
            {view === 'raw' ? raw : detail.seal.body}
          </pre>
        )}
      </div>
    </>
  )
}

/** Events of tenants have fields that can be taken out; records of the log itself stay as they are. */
function useMayRedact({ seal }: EventDetail): boolean {
  const permissions = useMe().data?.permissions ?? []
  return permissions.includes('removal:manage') && seal.body !== '' && !isRecord(seal.leaf)
}

function isRecord(leaf: string): boolean {
  const { kind } = JSON.parse(leaf) as { readonly kind?: string }
  return kind !== undefined && kind !== 'event'
}
