import { Button, SegmentedControl } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { type Ref, useCallback } from 'react'
import page from '../../delivery/page.module.css'
import { SearchBox } from '../../delivery/search-box.tsx'
import {
  type FoundSubscriptions,
  type SearchChange,
  SHOWN,
  type Shown,
  type SubscriptionSearch,
} from '../model/search.ts'

interface SubscriptionToolbarProps {
  readonly box: Ref<HTMLInputElement>
  readonly search: SubscriptionSearch
  readonly counts: FoundSubscriptions['counts'] | undefined
  readonly onChange: (part: SearchChange) => void
  /** Undefined where the key may not make any. */
  readonly onMake: (() => void) | undefined
}

const LABEL: Readonly<Record<Shown, string>> = {
  all: 'All',
  trouble: 'In trouble',
  paused: 'Paused',
  idle: 'Idle',
}

export function SubscriptionToolbar({ box, search, counts, onChange, onMake }: SubscriptionToolbarProps) {
  const commit = useCallback((q: string) => onChange({ q: q === '' ? undefined : q }), [onChange])
  return (
    <div className={page.toolbar}>
      <SearchBox
        ref={box}
        value={search.q ?? ''}
        label="Search the subscriptions"
        hint="Search names, types, topics, filters, owners and errors"
        onCommit={commit}
      />
      <SegmentedControl
        aria-label="Which are shown"
        value={search.show ?? 'all'}
        onChange={show => onChange({ show: show === 'all' ? undefined : (show as Shown) })}
        data={SHOWN.map(name => ({
          value: name,
          label: (
            <>
              {LABEL[name]} <span className={page.count}>{counts?.[name]}</span>
            </>
          ),
        }))}
      />
      {onMake && (
        <Button leftSection={<IconPlus size={16} />} onClick={onMake}>
          New subscription
        </Button>
      )}
    </div>
  )
}
