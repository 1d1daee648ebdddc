import type { ExportedCopy } from '../../api/log-types.ts'
import { Part } from '../../catalog/page/page-frame.tsx'
import { countText } from '../../delivery/words.ts'
import { FullTimestamp } from '../../time/timestamp.tsx'
import css from '../erasure.module.css'

/** Bundles that were taken away before: nothing here reaches them. */
export function ExportsPart({ exports }: { readonly exports: readonly ExportedCopy[] }) {
  return (
    <Part title="Out of reach">
      <p className={css.lead}>
        {countText(exports.length, 'export')} may have what was removed: delete{' '}
        {exports.length === 1 ? 'it' : 'them'} by hand, wherever{' '}
        {exports.length === 1 ? 'it went' : 'they went'}.
      </p>
      <ul className={css.list} aria-label="Exports to delete by hand">
        {exports.map(({ id, at, from, to, withPersonal, where }) => (
          <li key={id}>
            <span>
              <FullTimestamp value={at} />, leaves {from} to {to - 1}
              {withPersonal && ', with personal fields'}
            </span>
            <span className="dim">{where}</span>
          </li>
        ))}
      </ul>
    </Part>
  )
}
