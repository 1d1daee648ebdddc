import { Link } from '@tanstack/react-router'
import type { CatalogEvent } from '../../api/catalog-types.ts'
import { type Field, FieldList } from '../../ui/field-list.tsx'
import { deadLetterText, periodText, retryText } from '../model/duration.ts'
import css from '../page/page.module.css'

const keyText = (key: string, note: string) => (
  <>
    <span className="mono">{key}</span>
    <span className={css.note}>{note}</span>
  </>
)

const SAME_FACT = 'Consumers recognise two reports of one fact by it.'
const REPEAT = ' Publishing recognises a repeat by the event id and the header Idempotency-Key.'

function keys({ aggregate, orderingKey, idempotencyKey, isDerived }: CatalogEvent): Field[] {
  const ordered = aggregate ? `The id of the ${aggregate}` : 'None'
  const key = idempotencyKey ?? 'the id of the event'
  return [
    ...(aggregate ? [{ label: 'Aggregate', value: aggregate }] : []),
    orderingKey === undefined
      ? { label: 'Ordering key', value: ordered }
      : {
          label: 'Ordering key',
          value: keyText(orderingKey, 'Events with the same one keep their order.'),
          copy: orderingKey,
        },
    {
      label: 'Idempotency key',
      value: keyText(key, isDerived ? SAME_FACT : SAME_FACT + REPEAT),
      ...(idempotencyKey && { copy: idempotencyKey }),
    },
  ]
}

function handling({ retention, retry, deadLetter }: CatalogEvent): Field[] {
  const kept = retention && (retention.period === 'forever' ? 'Forever' : periodText(retention.period))
  return [
    { label: 'Retry', value: retry ? retryText(retry) : 'As the subscription says' },
    { label: 'Dead letter', value: deadLetter ? deadLetterText(deadLetter) : 'As the subscription says' },
    {
      label: 'Retention',
      value: retention
        ? `${kept}, where the tenant says nothing else. ${retention.basis}`
        : 'As the tenant says',
    },
  ]
}

/** How the event comes to its consumers, and how long it stays; what is derived is neither delivered nor kept. */
export function DeliveryFacts({ event }: { readonly event: CatalogEvent }) {
  return <FieldList fields={[...keys(event), ...(event.isDerived ? [] : handling(event))]} />
}

/** Who publishes and who receives, each leading to all that it does. */
export function Parties({ event }: { readonly event: CatalogEvent }) {
  const topics = [event.topic, ...event.alsoOn]
  return (
    <FieldList
      fields={[
        {
          label: 'Producer',
          value: (
            <span className={css.links}>
              <Link to="/catalog" search={{ producer: [event.producer] }}>
                {event.producer}
              </Link>
            </span>
          ),
        },
        {
          label: topics.length === 1 ? 'Topic' : 'Topics',
          value: (
            <span className={css.links}>
              {topics.map(name => (
                <Link key={name} to="/catalog/topics/$name" params={{ name }}>
                  {name}
                </Link>
              ))}
            </span>
          ),
        },
        {
          label: event.isDerived ? 'Readers' : 'Consumers',
          value:
            event.consumers.length === 0 ? (
              'None that is known'
            ) : (
              <span className={css.links}>
                {event.consumers.map(name => (
                  <Link key={name} to="/catalog" search={{ consumer: [name] }}>
                    {name}
                  </Link>
                ))}
              </span>
            ),
        },
      ]}
    />
  )
}
