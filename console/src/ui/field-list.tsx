import { ActionIcon, Tooltip } from '@mantine/core'
import { IconFilter, IconFilterOff } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useSeesPersonal } from '../auth/use-me.ts'
import { type EventSearch, FIELD_LABEL, type FieldName, toggleValue } from '../filter/filter.ts'
import { CopyButton } from './copy-button.tsx'
import css from './field-list.module.css'

export interface Field {
  readonly label: string
  readonly value: ReactNode
  readonly copy?: string | undefined
  readonly filter?: { readonly field: FieldName; readonly value: string } | undefined
}

interface FieldListProps {
  readonly fields: readonly Field[]
  /** The search that a filter is added to; without it, a filter starts a search of its own. */
  readonly within?: EventSearch
}

export function FieldList({ fields, within = {} }: FieldListProps) {
  const seesPersonal = useSeesPersonal()
  return (
    <dl className={css.list}>
      {fields.map(({ label, value, copy, filter }) => (
        <div key={label} className={css.row}>
          <dt className={css.label}>{label}</dt>
          <dd className={css.value}>
            <span className={css.text}>{value}</span>
            <span className={css.tools}>
              {filter && (seesPersonal || filter.field !== 'actor') && (
                <FilterLink {...filter} within={within} />
              )}
              {copy !== undefined && <CopyButton value={copy} what={label.toLowerCase()} />}
            </span>
          </dd>
        </div>
      ))}
    </dl>
  )
}

interface FilterLinkProps {
  readonly field: FieldName
  readonly value: string
  readonly within: EventSearch
}

function FilterLink({ field, value, within }: FilterLinkProps) {
  const on = within[field]?.includes(value) ?? false
  const label = `${on ? 'Remove the filter' : 'Filter by'} ${FIELD_LABEL[field].toLowerCase()} ${value}`
  return (
    <Tooltip label={label}>
      <ActionIcon
        size="xs"
        aria-label={label}
        renderRoot={props => <Link {...props} to="/events" search={toggleValue(within, field, value)} />}
      >
        {on ? <IconFilterOff size={14} color="var(--k-accent)" /> : <IconFilter size={14} />}
      </ActionIcon>
    </Tooltip>
  )
}
