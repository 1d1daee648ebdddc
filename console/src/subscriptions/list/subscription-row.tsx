import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import type { SubscriptionItem } from '../../api/delivery-types.ts'
import { Sparkline } from '../../chart/sparkline.tsx'
import { Mark } from '../../delivery/mark.tsx'
import table from '../../delivery/table.module.css'
import { countText, manyCountText, manyText, numberText, rateText, spanText } from '../../delivery/words.ts'
import { BREAKERS, breakerText, laterText, ownerText, STATES, scopeText } from '../model/words.ts'

export const SubscriptionRow = memo(function SubscriptionRow({ item }: { readonly item: SubscriptionItem }) {
  const { name, state, lag, throughput, breaker, lastError, settings } = item
  return (
    <tr>
      <td className={table.wide}>
        <Link to="/subscriptions/$name" params={{ name }} className={table.name}>
          {name}
        </Link>
        {lastError === null ? (
          <span className={table.sub} title={scopeText(settings)}>
            {item.kind === 'projection' ? 'projection' : scopeText(settings)}
          </span>
        ) : (
          <span className={`${table.sub} ${table.fault}`} title={lastError}>
            {lastError}
          </span>
        )}
      </td>
      <td>
        <Mark tone={STATES[state].tone} title={STATES[state].meaning}>
          {state}
        </Mark>
      </td>
      <td className={table.number}>
        {countText(lag.events, 'position')}
        <span className={table.sub}>{spanText(lag.seconds)}</span>
      </td>
      <td>
        <Course item={item} />
      </td>
      <td className={table.number}>{rateText(throughput.handledPerSecond)}</td>
      <td className={table.number}>
        <span className={throughput.failedPerSecond > 0 ? table.fault : 'dim'}>
          {rateText(throughput.failedPerSecond)}
        </span>
      </td>
      <td className={table.number}>{manyText(item.retriesWaiting)}</td>
      <td className={table.number}>{laterText(item.scheduled)}</td>
      <td className={table.number}>
        <DeadLetters item={item} />
      </td>
      <td>
        <Mark tone={BREAKERS[breaker].tone} title={breakerText(item)}>
          {breaker}
        </Mark>
      </td>
      <td className={table.nowrap}>
        <Owner item={item} />
      </td>
    </tr>
  )
})

function Course({ item: { name, recent, lag } }: { readonly item: SubscriptionItem }) {
  const points = recent.map(({ at, events }) => ({ at: Date.parse(at), value: events }))
  const most = Math.max(0, ...points.map(({ value }) => value))
  return (
    <Sparkline
      points={points}
      tone={lag.events > 0 && lag.events >= most ? 'warn' : 'plain'}
      label={`${name}: at most ${countText(most, 'position')} behind, now ${numberText(lag.events)}`}
    />
  )
}

function DeadLetters({ item: { name, deadLetters } }: { readonly item: SubscriptionItem }) {
  if (deadLetters === 0) return <span className="dim">0</span>
  return (
    <Anchor
      inherit
      c="var(--k-bad)"
      fw={500}
      underline="always"
      renderRoot={props => <Link {...props} to="/dead-letters" search={{ subscription: name }} />}
      aria-label={`${manyCountText(deadLetters, 'dead letter')} of ${name}`}
    >
      {manyText(deadLetters)}
    </Anchor>
  )
}

function Owner({ item: { owner, isOwnedHere } }: { readonly item: SubscriptionItem }) {
  if (owner === null) return <span className="dim">nobody</span>
  return (
    <>
      <span className="mono" title={owner}>
        {ownerText(owner)}
      </span>
      <span className={table.sub}>{isOwnedHere ? 'this server' : 'another server'}</span>
    </>
  )
}
