import { Button } from '@mantine/core'
import { IconPlayerTrackNext, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import type { LetterFilter } from '../../api/delivery-query.ts'
import type { DeadLetterSelection } from '../../api/delivery-types.ts'
import { countText } from '../../delivery/words.ts'
import { DiscardDialog } from '../act/discard-dialog.tsx'
import { ReplayDialog } from '../act/replay-dialog.tsx'
import { type Chosen, chosenSelection } from '../model/chosen.ts'
import { selectionOf } from '../model/search.ts'
import css from './list.module.css'

interface ActionBarProps {
  readonly filter: LetterFilter
  readonly chosen: Chosen
  readonly onClear: () => void
}

/** What can be done with those that are ticked, or else with all that the filter leaves. */
export function ActionBar({ filter, chosen, onClear }: ActionBarProps) {
  const selection = chosenSelection(chosen) ?? selectionOf(filter)
  // The dialog keeps what it was opened for, while the list below it changes.
  const [open, setOpen] = useState<{ readonly act: 'replay' | 'discard'; readonly on: DeadLetterSelection }>()
  const close = () => setOpen(undefined)
  const count = chosen.ids.size
  const what = count > 0 ? '' : ' all'
  return (
    <section className={css.bar} aria-label="Actions" data-chosen={count > 0 || undefined}>
      <span role="status">
        {count > 0 ? `${countText(count, 'dead letter')} of ${chosen.subscription} chosen` : hint(selection)}
      </span>
      {count > 0 && (
        <Button size="compact-sm" variant="subtle" onClick={onClear}>
          Choose none
        </Button>
      )}
      {selection && (
        <div className={css.barEnd}>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconTrash size={14} />}
            onClick={() => setOpen({ act: 'discard', on: selection })}
          >
            Discard{what}…
          </Button>
          <Button
            size="xs"
            leftSection={<IconPlayerTrackNext size={14} />}
            onClick={() => setOpen({ act: 'replay', on: selection })}
          >
            Replay{what}…
          </Button>
        </div>
      )}
      {open?.act === 'replay' && <ReplayDialog selection={open.on} onClose={close} />}
      {open?.act === 'discard' && <DiscardDialog selection={open.on} onClose={close} />}
    </section>
  )
}

const hint = (selection: DeadLetterSelection | undefined): string =>
  selection === undefined
    ? 'Choose a subscription above, or tick dead letters, to replay or discard them.'
    : 'Tick some, or act on all that the filter leaves.'
