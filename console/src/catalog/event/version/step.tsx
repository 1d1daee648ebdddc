import type { Comparison, Difference } from '../../../api/catalog-types.ts'
import { JsonTree } from '../../../json/json-tree.tsx'
import { CopyButton } from '../../../ui/copy-button.tsx'
import { Worded } from '../../../ui/worded.tsx'
import { meaningOf, sidesOf } from './steps.ts'
import { VerdictMark } from './verdict-mark.tsx'
import css from './version.module.css'

/** What changed from one version to the next, and whether each reads what was written with the other. */
export function Step({ step }: { readonly step: Comparison }) {
  const { from, to, verdict, counterExample } = step
  const differences = [...step.differences].sort((a, b) => Number(b.isBreaking) - Number(a.isBreaking))
  return (
    <section className={css.step} aria-label={`From ${from} to ${to}`}>
      <h3 className={css.stepHead}>
        <span className="mono">
          {from} to {to}
        </span>
        <VerdictMark verdict={verdict} meaning={meaningOf(step)} />
      </h3>
      {differences.length > 0 && <Differences differences={differences} />}
      {differences.length === 0 && verdict === 'compatible' && (
        <p className={css.same}>Nothing changed that matters to a payload.</p>
      )}
      {counterExample && <CounterExample example={counterExample} from={from} to={to} />}
    </section>
  )
}

function Differences({ differences }: { readonly differences: readonly Difference[] }) {
  return (
    <ul className={css.differences}>
      {differences.map(({ pointer, message, isBreaking, change }) => (
        <li key={`${pointer} ${message}`} data-breaking={isBreaking || undefined}>
          <span className={css.change}>{isBreaking ? 'breaking' : change}</span>
          <span>
            <Worded text={message} />
          </span>
        </li>
      ))}
    </ul>
  )
}

export function Changes({ changes }: { readonly changes: readonly string[] }) {
  if (changes.length === 0) return <p className="dim">The schemas say the same.</p>
  return (
    <ul className={css.changes}>
      {changes.map(change => (
        <li key={change}>
          <Worded text={change} />
        </li>
      ))}
    </ul>
  )
}

interface CounterExampleProps extends Pick<Comparison, 'from' | 'to'> {
  readonly example: NonNullable<Comparison['counterExample']>
}

function CounterExample({ example, from, to }: CounterExampleProps) {
  const { writer, reader } = sidesOf({ from, to }, example)
  return (
    <div className={css.counter}>
      <div className={css.counterHead}>
        <h4>
          Written with version {writer}, refused by version {reader}
        </h4>
        <CopyButton value={JSON.stringify(example.value, null, 2)} what="payload" />
      </div>
      <JsonTree value={example.value} label="Payload that is refused" />
      <ul className={css.changes}>
        {example.faults.map(({ pointer, message, hint }) => (
          <li key={pointer + message}>
            {pointer === '' ? 'The payload' : <span className="mono">{pointer}</span>} {message}
            {hint !== undefined && <span className="dim"> ({hint})</span>}
          </li>
        ))}
      </ul>
    </div>
  )
}
