import { Tabs } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { CatalogDocument, CatalogEvent } from '../../api/catalog-types.ts'
import { useShortcuts } from '../../ui/use-shortcuts.ts'
import { Examples } from '../page/examples.tsx'
import { SchemaView } from '../page/schema-view.tsx'
import { OverviewTab } from './overview-tab.tsx'
import { readEventTypeSearch, TABS, type Tab } from './tab.ts'
import { VersionsTab } from './version/versions-tab.tsx'

const LABEL: Readonly<Record<Tab, string>> = {
  overview: 'Overview',
  examples: 'Examples',
  versions: 'Versions',
  schema: 'Schema',
}

interface EventTypeTabsProps {
  readonly event: CatalogEvent
  readonly catalog: CatalogDocument
}

export function EventTypeTabs({ event, catalog }: EventTypeTabsProps) {
  const { tab = 'overview' } = useSearch({ from: '/signed-in/catalog/events/$type' })
  const navigate = useNavigate({ from: '/catalog/events/$type' })
  const open = (name: string | null) =>
    void navigate({ search: before => readEventTypeSearch({ ...before, tab: name }), replace: true })
  useShortcuts(Object.fromEntries(TABS.map((name, i) => [String(i + 1), () => open(name)])))
  const counts = { examples: event.examples.length, versions: event.versions.length }
  return (
    <Tabs value={tab} onChange={open} keepMounted={false} mt="lg" color="var(--k-accent)">
      <Tabs.List>
        {TABS.map(name => (
          <Tabs.Tab key={name} value={name}>
            {LABEL[name]}
            {name in counts && <span className="dim"> {counts[name as keyof typeof counts]}</span>}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="overview">
        <OverviewTab event={event} catalog={catalog} />
      </Tabs.Panel>
      <Tabs.Panel value="examples">
        <Examples examples={event.examples} />
      </Tabs.Panel>
      <Tabs.Panel value="versions">
        <VersionsTab type={event.type} />
      </Tabs.Panel>
      <Tabs.Panel value="schema">
        <SchemaView
          schema={event.schema}
          fileName={`${event.type}-${event.version}`}
          hash={event.schemaHash}
        />
      </Tabs.Panel>
    </Tabs>
  )
}
