import { Skeleton, VisuallyHidden } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useState } from 'react'
import type { LetterFilter } from '../../api/delivery-query.ts'
import type { DeadLetterItem } from '../../api/delivery-types.ts'
import page from '../../delivery/page.module.css'
import { useDeliveryPermissions } from '../../delivery/permission.ts'
import { RefreshBar } from '../../delivery/refresh-bar.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { usePageTitle } from '../../ui/use-page-title.ts'
import { useShortcuts } from '../../ui/use-shortcuts.ts'
import { type Chosen, NONE_CHOSEN, stillThere, toggle, toggleAll } from '../model/chosen.ts'
import { countOf, shownText } from '../model/count.ts'
import { groupFilterOf } from '../model/search.ts'
import { useLetterGroups, useLetters } from '../use-letters.ts'
import { ActionBar } from './action-bar.tsx'
import { NoDeadLetters, NoLetterFits } from './empty.tsx'
import { GroupTable } from './group-table.tsx'
import { LetterTable } from './letter-table.tsx'
import { LetterToolbar } from './letter-toolbar.tsx'
import css from './list.module.css'

export function DeadLettersPage() {
  usePageTitle('Dead letters')
  const filter = useSearch({ from: '/signed-in/dead-letters' })
  const navigate = useNavigate({ from: '/dead-letters' })
  const change = useCallback((search: LetterFilter) => void navigate({ search, replace: true }), [navigate])
  const rest = groupFilterOf(filter)
  const groups = useLetterGroups(rest)
  // What can be chosen stays so, whatever is chosen of it.
  const choices = useLetterGroups(
    filter.subscription === undefined ? {} : { subscription: filter.subscription },
  )
  const { list, letters } = useLetters(filter)
  const { chosen, clear, flip, flipAll } = useChosen(letters)
  const { canReplay } = useDeliveryPermissions()
  useShortcuts({ r: () => void Promise.all([list.refetch(), groups.refetch()]), Escape: clear })
  const failed = list.isError ? list : groups.isError ? groups : undefined
  const isNarrowed = Object.keys(filter).length > 0
  const isEmpty = list.isSuccess && letters.length === 0
  return (
    <div className={page.page}>
      <VisuallyHidden component="h1">Dead letters</VisuallyHidden>
      <LetterToolbar filter={filter} onChange={change} groups={choices.data?.data ?? []} />
      {canReplay && !isEmpty && <ActionBar filter={filter} chosen={chosen} onClear={clear} />}
      {failed && (
        <div className={page.problem}>
          <ProblemAlert error={failed.error} onRetry={() => void failed.refetch()} />
        </div>
      )}
      {list.isPending && !failed && <Waiting />}
      {isEmpty && (isNarrowed ? <NoLetterFits onClear={() => change({})} /> : <NoDeadLetters />)}
      {letters.length > 0 && (
        <div className={css.body}>
          {groups.data && groups.data.data.length > 0 && (
            <section className={css.groups} aria-label="Groups">
              <GroupTable
                groups={groups.data.data}
                chosen={filter.fingerprint}
                within={rest}
                isOfOne={filter.subscription !== undefined}
              />
            </section>
          )}
          <section className={css.letters} aria-label="List of dead letters">
            <LetterTable
              letters={letters}
              chosen={chosen}
              isOfOne={filter.subscription !== undefined}
              onToggle={canReplay ? flip : undefined}
              onToggleAll={flipAll}
            />
            {list.hasNextPage && (
              <button
                type="button"
                className={css.more}
                disabled={list.isFetchingNextPage}
                onClick={() => void list.fetchNextPage()}
              >
                Show more
              </button>
            )}
          </section>
        </div>
      )}
      <RefreshBar query={list}>
        {list.data && shownText(letters.length, list.hasNextPage, countOf(filter, groups.data))}
      </RefreshBar>
    </div>
  )
}

function useChosen(letters: readonly DeadLetterItem[]) {
  const [held, setHeld] = useState<Chosen>(NONE_CHOSEN)
  const chosen = stillThere(held, letters)
  const clear = useCallback(() => setHeld(NONE_CHOSEN), [])
  const flip = useCallback((letter: DeadLetterItem) => setHeld(before => toggle(before, letter)), [])
  return { chosen, clear, flip, flipAll: () => setHeld(toggleAll(chosen, letters)) }
}

function Waiting() {
  return (
    <div className={page.skeleton} role="status" aria-label="Loading the dead letters">
      {[0, 1, 2, 3, 4, 5].map(row => (
        <Skeleton key={row} h={28} mb={10} />
      ))}
    </div>
  )
}
