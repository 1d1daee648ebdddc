import { Format } from 'typebox/format'
import { textLength } from '../evaluate/quantity.ts'
import { stringRange } from '../given/size.ts'
import type { PatternTree } from '../pattern/pattern-tree.ts'
import { readPatternTree } from '../pattern/pattern-tree.ts'
import type { SchemaNode } from '../schema/node.ts'
import type { Random } from './random.ts'
import { pick } from './random.ts'

/** Texts of each format that the validator asserts. */
export const formatSamples: Readonly<Record<string, readonly string[]>> = {
  'date-time': ['2024-02-29T12:30:00Z', '1999-12-31T23:59:59.999+02:00'],
  date: ['2024-02-29', '1999-12-31'],
  time: ['12:30:00Z', '23:59:59+02:00'],
  duration: ['P1D', 'PT1H30M', 'P2W'],
  email: ['a@example.com', 'first.last@example.org'],
  'idn-email': ['a@example.com', 'ü@example.com'],
  hostname: ['example.com', 'a.example.org'],
  'idn-hostname': ['example.com', 'bücher.example'],
  ipv4: ['192.0.2.1', '198.51.100.17'],
  ipv6: ['2001:db8::1', '::1'],
  uri: ['https://example.com/a', 'urn:example:a'],
  'uri-reference': ['/a/b', 'https://example.com/a'],
  iri: ['https://example.com/a', 'https://example.com/ü'],
  'iri-reference': ['/a/ü', '/a'],
  'uri-template': ['https://example.com/{id}', '/a'],
  url: ['https://example.com/a', 'https://example.org/'],
  uuid: ['6f2c1e1c-6d3f-4c1b-9d52-3a7b3a2b1c0d', '018f4e6a-7b2c-7d3e-8f40-123456789abc'],
  'json-pointer': ['/a/b', ''],
  'json-pointer-uri-fragment': ['#/a/b', '#'],
  'relative-json-pointer': ['1/a', '0#'],
  regex: ['^a+$', '[0-9]'],
}

const longest = 300
const words = ['', 'a', 'abc', 'A1', 'Zebra 7', 'é', '0', '-', 'a b', '😀']

/** A string for all of the nodes, as far as it can be built; the caller checks it. */
export function sampleText(nodes: readonly SchemaNode[], random: Random): string | undefined {
  const { min, max } = stringRange(nodes)
  if (min > max || min > longest) return undefined
  const patterns = nodes.flatMap(node => (node.pattern === undefined ? [] : [node.pattern]))
  const formats = nodes.flatMap(node => (node.format === undefined ? [] : [node.format]))
  const format = pick(
    random,
    formats.filter(name => Format.Has(name)),
  )
  if (format !== undefined) return pick(random, formatSamples[format] ?? [])
  const pattern = pick(random, patterns)
  const text = pattern === undefined ? pick(random, words) : sampleMatch(pattern, random)
  return text === undefined ? undefined : fitLength(text, min, max, pattern === undefined)
}

/** A text that matches the pattern; undefined where the pattern is not understood. */
export function sampleMatch(pattern: string, random: Random): string | undefined {
  const tree = readPatternTree(pattern)
  if (tree === undefined) return undefined
  const text: string[] = []
  return write(tree, random, text) ? text.join('') : undefined
}

/** Writes one text of the tree; false where it grows too long. */
function write(tree: PatternTree, random: Random, text: string[]): boolean {
  if (text.length > longest) return false
  if (tree.kind === 'chars') text.push(pick(random, [...tree.chars]) as string)
  if (tree.kind === 'sequence') return tree.parts.every(part => write(part, random, text))
  if (tree.kind === 'choice') return write(pick(random, tree.parts) as PatternTree, random, text)
  if (tree.kind !== 'repeat') return true
  const more = Math.min(tree.max - tree.min, 4)
  const times = tree.min + Math.floor(random() * (more + 1))
  if (times > longest) return false
  for (let time = 0; time < times; time += 1) if (!write(tree.part, random, text)) return false
  return true
}

export function fitLength(text: string, min: number, max: number, isFree: boolean): string {
  const length = textLength(text)
  if (!isFree || (length >= min && length <= max)) return text
  return length > max ? [...text].slice(0, max).join('') : text + 'x'.repeat(min - length)
}
