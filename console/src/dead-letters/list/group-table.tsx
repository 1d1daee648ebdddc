import { Link } from '@tanstack/react-router'
import type { LetterFilter } from '../../api/delivery-query.ts'
import type { DeadLetterGroupItem } from '../../api/delivery-types.ts'
import table from '../../delivery/table.module.css'
import { numberText } from '../../delivery/words.ts'
import { Timestamp } from '../../time/timestamp.tsx'
import { CAUSE_WORDS, errorText, typesText } from '../model/words.ts'

interface GroupTableProps {
  readonly groups: readonly DeadLetterGroupItem[]
  /** Fingerprint that the list is narrowed to. */
  readonly chosen?: string | undefined
  /** What else the list is narrowed by, which stays so. */
  readonly within?: LetterFilter
  /** Whether they are all of one subscription, which is named elsewhere then. */
  readonly isOfOne: boolean
  /** Within a page that scrolls as a whole. */
  readonly isPlain?: boolean
}

/** Dead letters by the kind of their error; each leads to those of its kind. */
export function GroupTable({ groups, chosen, within = {}, isOfOne, isPlain = false }: GroupTableProps) {
  return (
    <div className={isPlain ? table.plain : ''}>
      <table className={table.table} aria-label="Dead letters by error">
        <thead>
          <tr>
            <th>Error</th>
            {!isOfOne && <th>Subscription</th>}
            <th>Cause</th>
            <th>Types</th>
            <th>First</th>
            <th>Last</th>
            <th className={table.number}>Dead letters</th>
          </tr>
        </thead>
        <tbody>
          {groups.map(group => (
            <GroupRow
              key={`${group.subscription}\n${group.fingerprint}`}
              group={group}
              isChosen={chosen === group.fingerprint}
              within={within}
              isOfOne={isOfOne}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface GroupRowProps {
  readonly group: DeadLetterGroupItem
  readonly isChosen: boolean
  readonly within: LetterFilter
  readonly isOfOne: boolean
}

function GroupRow({ group, isChosen, within, isOfOne }: GroupRowProps) {
  const { subscription, fingerprint, reason, error, count, eventTypes, firstAt, lastAt } = group
  const text = errorText(error, reason)
  return (
    <tr data-selected={isChosen || undefined}>
      <td className={table.wide}>
        <Link
          to="/dead-letters"
          search={{ ...within, subscription, ...(isChosen ? {} : { fingerprint }) }}
          className={table.line}
          aria-current={isChosen || undefined}
          title={isChosen ? 'Show every error' : text}
        >
          {text}
        </Link>
      </td>
      {!isOfOne && (
        <td className={table.nowrap}>
          <Link to="/subscriptions/$name" params={{ name: subscription }} className={table.name}>
            {subscription}
          </Link>
        </td>
      )}
      <td title={CAUSE_WORDS[reason].meaning}>{CAUSE_WORDS[reason].short}</td>
      <td className={table.nowrap} title={Object.keys(eventTypes).join(', ')}>
        {typesText(eventTypes)}
      </td>
      <td className={table.nowrap}>
        <Timestamp value={firstAt} />
      </td>
      <td className={table.nowrap}>
        <Timestamp value={lastAt} />
      </td>
      <td className={table.number}>{numberText(count)}</td>
    </tr>
  )
}
