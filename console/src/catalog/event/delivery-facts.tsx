import { Link } from '@tanstack/react-router'
import type { CatalogEvent } from '../../api/catalog-types.ts'
import { type Field, FieldList } from '../../ui/field-list.tsx'
import { deadLetterText, periodText, retryText } from '../model/duration.ts'
import css from '../page/page.module.css'

const mono = (text: string) => <span className="mono">{text}</span>

function facts(event: CatalogEvent): Field[] {
  const { orderingKey, idempotencyKey, retention, retry, deadLetter } = event
  const ordered = event.aggregate ? `The id of the ${event.aggregate}` : 'None'
  const keyed = (label: string, key: string | undefined, without: string): Field =>
    key === undefined ? { label, value: without } : { label, value: mono(key), copy: key }
  const kept = retention && (retention.period === 'forever' ? 'Forever' : periodText(retention.period))
  return [
    ...(event.aggregate ? [{ label: 'Aggregate', value: event.aggregate }] : []),
    keyed('Ordering key', orderingKey, ordered),
    keyed('Idempotency key', idempotencyKey, 'The id of the event'),
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

/** How the event comes to its consumers, and how long it stays. */
export function DeliveryFacts({ event }: { readonly event: CatalogEvent }) {
  return <FieldList fields={facts(event)} />
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
          label: 'Consumers',
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
