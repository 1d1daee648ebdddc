import { Tabs } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { EventDetail } from '../api/types.ts'
import { useShortcuts } from '../ui/use-shortcuts.ts'
import { EnvelopeTab } from './envelope-tab.tsx'
import css from './event.module.css'
import { IntegrityTab } from './integrity/integrity-tab.tsx'
import { PayloadTab } from './payload-tab.tsx'
import { StreamTab } from './stream/stream-tab.tsx'
import { readEventTab, TABS, type Tab } from './tab.ts'

const LABEL: Readonly<Record<Tab, string>> = {
  payload: 'Payload',
  envelope: 'Envelope',
  stream: 'Stream',
  integrity: 'Integrity',
}

export function EventTabs({ detail }: { readonly detail: EventDetail }) {
  const { tab = 'payload' } = useSearch({ from: '/signed-in/events/$eventId' })
  const navigate = useNavigate({ from: '/events/$eventId' })
  const open = (name: string | null) => void navigate({ search: readEventTab({ tab: name }), replace: true })
  useShortcuts(Object.fromEntries(TABS.map((name, i) => [String(i + 1), () => open(name)])))
  return (
    <Tabs value={tab} onChange={open} keepMounted={false} mt="lg" color="var(--k-accent)">
      <Tabs.List>
        {TABS.map(name => (
          <Tabs.Tab key={name} value={name}>
            {LABEL[name]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <div className={css.tab}>
        <Tabs.Panel value="payload">
          <PayloadTab detail={detail} />
        </Tabs.Panel>
        <Tabs.Panel value="envelope">
          <EnvelopeTab event={detail.event} definition={detail.definition} />
        </Tabs.Panel>
        <Tabs.Panel value="stream">
          <StreamTab detail={detail} />
        </Tabs.Panel>
        <Tabs.Panel value="integrity">
          <IntegrityTab detail={detail} />
        </Tabs.Panel>
      </div>
    </Tabs>
  )
}
