import type { Envelope } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'

const maxTags = 32
const maxTagLength = 256

/** How a correlation, causation, tag or subject's key stands in the index of links: its kind and what it names. */
export const link = {
  correlation: (id: string): string => `c:${id}`,
  causation: (id: string): string => `k:${id}`,
  tag: (tag: string): string => `t:${tag}`,
  subjectKey: (kid: string): string => `p:${kid}`,
} as const

/**
 * What an event is found by besides its stream and type. A correlation id that is the event's own is left out: such
 * an event is found by its id. Tags are read from `metadata.tags` where that is an array of strings.
 *
 * @throws KeelsonError `append_invalid` with too many or too long tags.
 */
export function linksOf(envelope: Envelope): string[] {
  const links = tagsOf(envelope).map(link.tag)
  if (envelope.correlationId !== envelope.eventId) links.push(link.correlation(envelope.correlationId))
  if (envelope.causationId !== undefined) links.push(link.causation(envelope.causationId))
  return links
}

/** The event's tags, each once. */
export function tagsOf({ eventId, metadata }: Envelope): string[] {
  const tags = (metadata as { tags?: unknown } | undefined)?.tags
  if (!Array.isArray(tags) || !tags.every(tag => typeof tag === 'string')) return []
  if (tags.length > maxTags || tags.some(tag => tag.length === 0 || tag.length > maxTagLength)) {
    throw new KeelsonError(
      'append_invalid',
      `The event ${eventId} has tags beyond the bounds: at most ${maxTags}, each of 1 to ${maxTagLength} characters`,
    )
  }
  return [...new Set(tags as string[])]
}
