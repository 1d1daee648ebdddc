import { sha256Text } from '#primitive'
import type { JsonObject } from '../../core/index.ts'

const longestName = 512

/** The stream that an event is in by its aggregate or its type, as holds name it. */
export function streamOf({ eventType, aggregateType, aggregateId }: JsonObject): string {
  if (typeof aggregateId !== 'string') return String(eventType)
  const type = String(aggregateType ?? eventType)
    .replaceAll('%', '%25')
    .replaceAll('-', '%2D')
  const name = `${type}-${aggregateId}`
  return name.length <= longestName
    ? name
    : `${name.slice(0, longestName - 65).toWellFormed()}~${sha256Text(name, 'hex')}`
}
