import type { SubscriptionPartition } from '../../api/delivery-types.ts'
import { Mark } from '../../delivery/mark.tsx'
import table from '../../delivery/table.module.css'
import { numberText, spanText } from '../../delivery/words.ts'
import { BREAKERS, LAG_MEANING, LATER_MEANING, laterText } from '../model/words.ts'

export function Partitions({ partitions }: { readonly partitions: readonly SubscriptionPartition[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={`${table.scroll} ${table.plain}`} aria-label="Partitions" tabIndex={0}>
      <table className={table.table}>
        <thead>
          <tr>
            <th>Partition</th>
            <th className={table.number}>Position</th>
            <th className={table.number} title={LAG_MEANING}>
              Positions behind
            </th>
            <th className={table.number}>Oldest</th>
            <th className={table.number}>With consumers</th>
            <th className={table.number}>Retries</th>
            <th className={table.number} title={LATER_MEANING}>
              For later
            </th>
            <th className={table.number}>Dead letters</th>
            <th>Breaker</th>
            <th>Owner</th>
          </tr>
        </thead>
        <tbody>
          {partitions.map(one => (
            <tr key={one.partition}>
              <td>{one.partition}</td>
              <td className={table.number}>{numberText(one.position)}</td>
              <td className={table.number}>{numberText(one.lag.events)}</td>
              <td className={table.number}>{spanText(one.lag.seconds)}</td>
              <td className={table.number}>{one.inFlight}</td>
              <td className={table.number}>{one.retriesWaiting}</td>
              <td className={table.number}>{laterText(one.scheduled)}</td>
              <td className={table.number}>{one.deadLetters}</td>
              <td>
                <Mark tone={BREAKERS[one.breaker].tone}>{one.breaker}</Mark>
              </td>
              <td className="mono">{one.owner ?? <span className="dim">nobody</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
