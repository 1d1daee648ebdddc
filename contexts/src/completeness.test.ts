import type { EventDefinition } from 'keelson'
import { describe, expect, it } from 'vitest'
import * as faces from './index.ts'

const contexts = Object.values(faces)
const events = contexts.flatMap(context => context.events)
const commands = contexts.flatMap(context => context.commands ?? [])
const topics = new Set(contexts.flatMap(context => (context.topics ?? []).map(topic => topic.name)))

type Node = Record<string, unknown>

/** Every field of a schema, at any depth, with its pointer. */
function fieldsOf(schema: Node, pointer = ''): [pointer: string, field: Node][] {
  const named = Object.entries((schema['properties'] ?? {}) as Record<string, Node>).flatMap(
    ([name, field]): [string, Node][] => [
      [`${pointer}/${name}`, field],
      ...fieldsOf(field, `${pointer}/${name}`),
    ],
  )
  const items = schema['items'] === undefined ? [] : fieldsOf(schema['items'] as Node, `${pointer}/*`)
  const branches = ((schema['anyOf'] ?? []) as Node[]).flatMap(branch => fieldsOf(branch, pointer))
  return [...named, ...items, ...branches]
}

/** An object is shown by its members' examples. */
const shows = (field: Node): boolean =>
  Array.isArray(field['examples']) || field['properties'] !== undefined || field['const'] !== undefined

const resolves = (schema: Node, pointer: string): boolean => {
  let at: Node | undefined = schema
  for (const part of pointer.slice(1).split('/')) {
    const named = (at?.['properties'] ?? {}) as Record<string, Node>
    at = (part === '*' ? (at?.['items'] as Node | undefined) : named[part]) as Node | undefined
  }
  return at !== undefined
}

describe.each(events.map(event => [event.type, event] as [string, EventDefinition]))('%s', (_, event) => {
  const schema = event.payload as Node
  const described = fieldsOf(schema)

  it('says what it needs to', () => {
    expect(event.summary).toMatch(/\.$/)
    expect(event.consumers.length).toBeGreaterThan(0)
    expect(event.aggregate).toBeTruthy()
    expect(event.orderingKey ?? event.isReserved).toBeTruthy()
    expect(event.rules?.length).toBeGreaterThan(0)
    expect(event.retention?.basis).toBeTruthy()
    expect(event.retry).toBeDefined()
    expect(event.deadLetter).toBeDefined()
    expect(event.idempotencyKey).toBeDefined()
    expect(event.monitoring?.metrics.length).toBeGreaterThan(0)
    expect(event.personal).toBeDefined()
    expect(event.examples.length).toBeGreaterThanOrEqual(2)
    for (const topic of [event.topic, ...(event.alsoOn ?? [])]) expect(topics).toContain(topic)
  })

  it('describes every field and shows an example of it', () => {
    const silent = described
      .filter(([, field]) => typeof field['description'] !== 'string' || !shows(field))
      .map(([pointer]) => pointer)
    expect(silent).toEqual([])
    expect(described.length).toBeGreaterThan(0)
    expect(schema['description']).toBeTruthy()
  })

  it('names personal fields and their subjects that are there', () => {
    for (const { pointer, subject } of event.personal ?? []) {
      expect(resolves(schema, pointer), pointer).toBe(true)
      expect(resolves(schema, subject), subject).toBe(true)
    }
  })

  it('has examples that differ and use every field at least once', () => {
    expect(new Set(event.examples.map(example => JSON.stringify(example))).size).toBe(event.examples.length)
    const used = JSON.stringify(event.examples)
    const unused = described
      .map(([pointer]) => pointer.split('/').at(-1) ?? '')
      .filter(name => name !== '*' && !used.includes(`"${name}":`))
    expect(unused).toEqual([])
  })
})

describe.each(commands.map(command => [command.type, command] as const))('%s', (_, command) => {
  it('is complete', () => {
    const described = fieldsOf(command.payload as Node)
    const silent = described.filter(([, field]) => typeof field['description'] !== 'string' || !shows(field))
    expect(silent.map(([pointer]) => pointer)).toEqual([])
    expect(command.summary).toMatch(/\.$/)
    expect(command.permission).toBeTruthy()
    expect(command.rules?.length).toBeGreaterThan(0)
    expect(command.rejections.length).toBeGreaterThan(0)
    expect(command.examples.length).toBeGreaterThanOrEqual(2)
    const known = new Set(events.map(event => event.type))
    expect(command.emits.length).toBeGreaterThan(0)
    for (const type of command.emits) expect(known).toContain(type)
  })
})
