import { Link } from '@tanstack/react-router'
import type { SubjectView } from '../../api/log-types.ts'
import { Part } from '../../catalog/page/page-frame.tsx'
import { Tile, Tiles } from '../../delivery/tile.tsx'
import { countText, numberText } from '../../delivery/words.ts'
import { useTimePreferences } from '../../time/context.tsx'
import { absolute } from '../../time/format.ts'
import { Ago } from '../../time/timestamp.tsx'
import css from '../erasure.module.css'
import { scopeText } from '../words.ts'

/** Types that are named; of a subject with more the rest is summed up. */
const MOST_TYPES = 12

/** What there is of a subject, where its copies are, and what keeps it. */
export function Finding({ finding }: { readonly finding: SubjectView }) {
  const { keys, events, streams, types, copies, holds, exports } = finding
  const { zone } = useTimePreferences()
  if (keys.length === 0)
    return (
      <p className={css.none} role="status">
        There is nothing of this subject here: no field was sealed for it, or all of it was erased.
      </p>
    )
  const day = (at: string | null) => (at === null ? '' : absolute(Date.parse(at), zone).slice(0, 10))
  const [first, last] = [day(finding.firstAt), day(finding.lastAt)]
  const more = types.slice(MOST_TYPES).reduce((sum, { count }) => sum + count, 0)
  const filled = copies.filter(({ count }) => count !== 0).length
  const counted = copies.reduce((sum, { count }) => sum + (count ?? 0), 0)
  return (
    <>
      <Tiles label="What will go">
        <Tile
          label="Events with its fields"
          value={numberText(events)}
          note={first === last ? first : `${first} to ${last}`}
        />
        <Tile label="Streams" value={numberText(streams)} note="events stay, fields go" />
        <Tile label="Keys" value={numberText(keys.length)} note="one for each month" />
        <Tile label="Copies" value={numberText(counted)} note={`in ${countText(filled, 'store')}`} />
        <Tile
          label="Holds"
          value={numberText(holds.length)}
          note={holds.length === 0 ? 'nothing keeps it' : 'it waits for their release'}
          tone={holds.length === 0 ? 'plain' : 'warn'}
        />
      </Tiles>
      {holds.length > 0 && (
        <p className={css.notice}>
          {holds.map(({ id, reason, scope }) => (
            <span key={id}>
              <Link to="/erasure" search={{ tab: 'holds', id }} className={css.link}>
                A hold on {scopeText(scope)}
              </Link>{' '}
              keeps it: {reason}.{' '}
            </span>
          ))}
          An erasure can be asked for, and goes on when it is released.
        </p>
      )}
      {exports.length > 0 && (
        <p className={css.notice}>
          {countText(exports.length, 'bundle')} with personal fields {exports.length === 1 ? 'was' : 'were'}{' '}
          taken away and may have fields of it, the last <Ago value={exports.at(-1)?.at as string} />: an
          erasure here does not reach {exports.length === 1 ? 'it' : 'them'}.
        </p>
      )}
      <div className={css.found}>
        <Part title="Events by type">
          <ul className={css.list}>
            {types.slice(0, MOST_TYPES).map(({ type, count }) => (
              <li key={type}>
                <span className="mono">{type}</span>
                <span>{numberText(count)}</span>
              </li>
            ))}
            {more > 0 && (
              <li>
                <span>{countText(types.length - MOST_TYPES, 'type')} more</span>
                <span>{numberText(more)}</span>
              </li>
            )}
          </ul>
        </Part>
        <Part title="Copies by store">
          <ul className={css.list}>
            {copies.map(({ name, count }) => (
              <li key={name}>
                <span>{name}</span>
                <span>{count === null ? 'could not be counted' : numberText(count)}</span>
              </li>
            ))}
          </ul>
        </Part>
      </div>
    </>
  )
}
