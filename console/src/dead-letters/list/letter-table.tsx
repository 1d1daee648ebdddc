import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import type { DeadLetterItem } from '../../api/delivery-types.ts'
import table from '../../delivery/table.module.css'
import { Timestamp } from '../../time/timestamp.tsx'
import { type Chosen, canChoose, isChosen } from '../model/chosen.ts'
import { CAUSE_WORDS, errorText } from '../model/words.ts'
import css from './list.module.css'

interface LetterTableProps {
  readonly letters: readonly DeadLetterItem[]
  readonly chosen: Chosen
  /** Whether they are all of one subscription, which is named elsewhere then. */
  readonly isOfOne: boolean
  /** Undefined where the key may do nothing with what is ticked. */
  readonly onToggle: ((letter: DeadLetterItem) => void) | undefined
  readonly onToggleAll: () => void
}

export function LetterTable(props: LetterTableProps) {
  const { letters, chosen, isOfOne, onToggle, onToggleAll } = props
  const count = letters.filter(letter => isChosen(chosen, letter)).length
  const isAll = count > 0 && count === letters.length
  return (
    <table className={table.table} aria-label="Dead letters">
      <thead>
        <tr>
          {onToggle && (
            <th className={table.tick}>
              <input
                type="checkbox"
                aria-label="Choose all that are shown"
                checked={isAll}
                ref={box => {
                  if (box) box.indeterminate = count > 0 && !isAll
                }}
                onChange={onToggleAll}
              />
            </th>
          )}
          <th>Event</th>
          <th>Last error</th>
          <th>Cause</th>
          <th className={table.number}>Tries</th>
          <th>Set aside</th>
          {!isOfOne && <th>Subscription</th>}
        </tr>
      </thead>
      <tbody>
        {letters.map(letter => (
          <LetterRow
            key={`${letter.subscription}\n${letter.id}`}
            letter={letter}
            isChosen={isChosen(chosen, letter)}
            isOpen={canChoose(chosen, letter)}
            isOfOne={isOfOne}
            onToggle={onToggle}
          />
        ))}
      </tbody>
    </table>
  )
}

interface LetterRowProps {
  readonly letter: DeadLetterItem
  readonly isChosen: boolean
  readonly isOpen: boolean
  readonly isOfOne: boolean
  readonly onToggle: ((letter: DeadLetterItem) => void) | undefined
}

const LetterRow = memo(function LetterRow(props: LetterRowProps) {
  const { letter, isChosen, isOpen, isOfOne, onToggle } = props
  const { id, eventType } = letter
  return (
    <tr data-selected={isChosen || undefined}>
      {onToggle && (
        <td className={table.tick}>
          <input
            type="checkbox"
            aria-label={`Choose ${eventType} at ${id}`}
            checked={isChosen}
            disabled={!isOpen}
            title={isOpen ? undefined : 'Dead letters of one subscription can be chosen together'}
            onChange={() => onToggle(letter)}
          />
        </td>
      )}
      <LetterCells letter={letter} isOfOne={isOfOne} />
    </tr>
  )
})

/** What does not change when a row is ticked: with a thousand of them links and times are most of the work. */
const LetterCells = memo(function LetterCells({
  letter,
  isOfOne,
}: Pick<LetterRowProps, 'letter' | 'isOfOne'>) {
  const { subscription, id, eventType, eventId, lastError, reason, attempts, setAsideAt, isEdited } = letter
  return (
    <>
      <td className={css.event}>
        <Link
          to="/dead-letters/$subscription/$id"
          params={{ subscription, id: String(id) }}
          className={table.line}
          title={eventType}
        >
          {eventType}
        </Link>
        <span className={`${table.sub} mono`} title={eventId}>
          {isEdited && 'edited, '}
          {eventId}
        </span>
      </td>
      <td className={table.wide}>
        <span className={`${table.sub} mono`} title={errorText(lastError, reason)}>
          {errorText(lastError, reason)}
        </span>
      </td>
      <td title={CAUSE_WORDS[reason].meaning}>{CAUSE_WORDS[reason].short}</td>
      <td className={table.number}>{attempts}</td>
      <td className={table.nowrap}>
        <Timestamp value={setAsideAt} />
      </td>
      {!isOfOne && (
        <td className={table.nowrap}>
          <Link to="/subscriptions/$name" params={{ name: subscription }} className={table.name}>
            {subscription}
          </Link>
        </td>
      )}
    </>
  )
})
