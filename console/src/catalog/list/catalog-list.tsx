import { Button, Stack, Text, Title } from '@mantine/core'
import type { Shown } from '../model/filter.ts'
import type { FoundCatalog } from '../use-catalog.ts'
import { CatalogRow } from './catalog-row.tsx'
import { CommandList } from './command-list.tsx'
import { EventList } from './event-list.tsx'
import css from './list.module.css'

interface CatalogListProps {
  readonly shown: Shown
  readonly found: FoundCatalog
  readonly words: readonly string[]
  /** Whether anything narrows the list, so that an empty one can be widened. */
  readonly isNarrowed: boolean
  readonly onClear: () => void
}

export function CatalogList({ shown, found, words, isNarrowed, onClear }: CatalogListProps) {
  if (found[shown].length === 0) return <Nothing shown={shown} isNarrowed={isNarrowed} onClear={onClear} />
  if (shown === 'events') return <EventList found={found.events} words={words} />
  if (shown === 'commands') return <CommandList found={found.commands} words={words} />
  return (
    <ul className={css.list}>
      {found.topics.map(({ item, why }) => (
        <CatalogRow
          key={item.name}
          to={{ to: '/catalog/topics/$name', params: { name: item.name } }}
          name={item.name}
          summary={item.summary}
          words={words}
          why={why}
          facts={[`${item.events.length} ${item.events.length === 1 ? 'event' : 'events'}`]}
        />
      ))}
    </ul>
  )
}

function Nothing({ shown, isNarrowed, onClear }: Pick<CatalogListProps, 'shown' | 'isNarrowed' | 'onClear'>) {
  return (
    <Stack gap="sm" align="center" className={css.none}>
      <Title order={2} size="h4">
        {isNarrowed ? `None of the ${shown} fits` : `There are no ${shown} in the catalogue`}
      </Title>
      <Text c="dimmed" size="sm">
        {isNarrowed
          ? 'Every word must occur in a name, a summary, a field, or who publishes and receives it.'
          : 'Nothing has been defined.'}
      </Text>
      {isNarrowed && (
        <Button variant="default" onClick={onClear}>
          Clear the filter
        </Button>
      )}
    </Stack>
  )
}
