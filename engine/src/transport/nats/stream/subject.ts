/**
 * Subjects of events: `<prefix>.<partition>.<topic>.<tenant>.<type>`. Each of the last three is one token, in which
 * whatever is not a letter, digit, `-` or `_` stands as `=XX` for each byte of its UTF-8; so no name breaks a subject.
 */
const plain = /^[A-Za-z0-9_-]+$/

/** Stands where a topic is not known; a topic of this name is `=5F`. */
export const noTopic = '_'

/** One token of a subject for any text. */
export function toToken(text: string): string {
  if (plain.test(text) && text !== noTopic) return text
  if (text === '') return '='
  return [...Buffer.from(text)].map(byte => toByte(byte, text === noTopic)).join('')
}

function toByte(byte: number, isForced: boolean): string {
  const character = String.fromCharCode(byte)
  return !isForced && plain.test(character)
    ? character
    : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
}

/** The text of a token. */
export function fromToken(token: string): string {
  if (!token.includes('=')) return token
  if (token === '=') return ''
  const bytes = token.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

export interface SubjectParts {
  /** Undefined where it is not known. */
  readonly topic: string | undefined
  readonly tenantId: string
  readonly eventType: string
}

export const toSubject = (root: string, { topic, tenantId, eventType }: SubjectParts): string =>
  `${root}.${topic === undefined ? noTopic : toToken(topic)}.${toToken(tenantId)}.${toToken(eventType)}`

/** What a subject below the root says; undefined where it is none of ours. */
export function fromSubject(root: string, subject: string): SubjectParts | undefined {
  if (!subject.startsWith(`${root}.`)) return undefined
  const [topic, tenantId, eventType, ...rest] = subject.slice(root.length + 1).split('.')
  if (topic === undefined || tenantId === undefined || eventType === undefined || rest.length > 0)
    return undefined
  return {
    topic: topic === noTopic ? undefined : fromToken(topic),
    tenantId: fromToken(tenantId),
    eventType: fromToken(eventType),
  }
}
