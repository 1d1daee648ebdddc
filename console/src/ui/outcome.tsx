import type { Outcome } from '../api/types.ts'
import css from './outcome.module.css'

/** The outcome by shape, colour and word: never by colour alone. */
export function OutcomeMark({
  outcome,
  className,
}: {
  readonly outcome: Outcome
  readonly className?: string | undefined
}) {
  const tone = css[outcome] ?? css.unknown
  return (
    <span className={`${css.mark} ${tone}`} title={outcome}>
      <span className={className}>{outcome}</span>
    </span>
  )
}
