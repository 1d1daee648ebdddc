import { decode } from '#primitive'
import { isJsonObject, parseJson } from '../../core/index.ts'
import { blindLength } from '../leaf.ts'

/** What a line of bodies has of an entry. */
export interface BodyLine {
  readonly n: number
  readonly blind: Uint8Array | undefined
  /** Exact text of the body; undefined where it is absent. */
  readonly body: string | undefined
  readonly disclosures: readonly string[]
  /** Index of the record that is said to explain what is absent. */
  readonly erasedBy: number | undefined
}

/** The index at the beginning of a line, without parsing the rest; undefined where it has none. */
export function lineIndex(text: string): number | undefined {
  const [, n] = /^\{"n":(0|[1-9]\d{0,15})[,}]/.exec(text) ?? []
  return n === undefined ? undefined : Number(n)
}

const members: ReadonlySet<string> = new Set(['n', 'blind', 'body', 'disclosures', 'erasedBy'])

/** Undefined where the line is not what the format asks for. */
export function parseBodyLine(text: string): BodyLine | undefined {
  try {
    const value = parseJson(text)
    if (!isJsonObject(value) || !Object.keys(value).every(name => members.has(name))) return undefined
    const { n, blind, body, disclosures = [], erasedBy } = value
    const bytes = typeof blind === 'string' ? decode(blind, 'base64url') : undefined
    const isBlind = blind === undefined ? body === undefined : bytes?.length === blindLength
    const areTexts = Array.isArray(disclosures) && disclosures.every(one => typeof one === 'string')
    const isIndex = erasedBy === undefined || Number.isSafeInteger(erasedBy)
    if (!Number.isSafeInteger(n) || !isBlind || !areTexts || !isIndex) return undefined
    if (body === undefined ? blind !== undefined || disclosures.length > 0 : typeof body !== 'string')
      return undefined
    return {
      n: n as number,
      blind: bytes,
      body: body as string | undefined,
      disclosures: disclosures as readonly string[],
      erasedBy: erasedBy as number | undefined,
    }
  } catch {
    return undefined
  }
}
