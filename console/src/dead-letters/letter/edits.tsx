import type { PayloadEditView } from '../../api/delivery-types.ts'
import { FullTimestamp } from '../../time/timestamp.tsx'
import css from './letter.module.css'

/** Each change of the payload: who, when, and from what to what. */
export function Edits({ edits }: { readonly edits: readonly PayloadEditView[] }) {
  return edits.map(({ at, by, diff }, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: changes are only ever added at the end
    <section key={index} className={css.edit}>
      <h3>
        <FullTimestamp value={at} /> by key <span className="mono">{by}</span>
      </h3>
      <ul className={`${css.diff} mono`}>
        {diff.map(({ pointer, from, to }) => (
          <li key={pointer}>
            <span>{pointer === '' ? 'the whole payload' : pointer}</span>
            <span>
              {from !== undefined && <del className={css.from}>{JSON.stringify(from)}</del>}{' '}
              {to !== undefined && <ins className={css.to}>{JSON.stringify(to)}</ins>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  ))
}
