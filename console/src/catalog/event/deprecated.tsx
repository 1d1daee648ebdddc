import { Link } from '@tanstack/react-router'
import type { CatalogDocument, CatalogEvent } from '../../api/catalog-types.ts'
import css from '../page/page.module.css'

type DeprecatedProps = NonNullable<CatalogEvent['deprecated']> & { readonly catalog: CatalogDocument }

/** That a type is going away: since when, why, what to use instead and until when. */
export function Deprecated({ since, reason, successor, sunset, catalog }: DeprecatedProps) {
  const isKnown = catalog.events.some(({ type }) => type === successor)
  return (
    <section className={css.deprecated} aria-label="Deprecated">
      <strong>Deprecated since {since.slice(0, 10)}.</strong> {reason && <span>{sentence(reason)} </span>}
      {successor && (
        <span>
          Use{' '}
          {isKnown ? (
            <Link to="/catalog/events/$type" params={{ type: successor }}>
              {successor}
            </Link>
          ) : (
            <span className="mono">{successor}</span>
          )}{' '}
          instead.{' '}
        </span>
      )}
      {sunset && <span>It must not be used after {sunset.slice(0, 10)}.</span>}
    </section>
  )
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)
