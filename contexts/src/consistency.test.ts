import type { CommandDefinition, EventDefinition } from 'keelson'
import { createCatalog } from 'keelson'
import { Compile } from 'typebox/compile'
import { describe, expect, it, test } from 'vitest'
import { audit, governance, saas, security } from './index.ts'

type Node = Record<string, unknown>
type Definition = EventDefinition | CommandDefinition
const contexts = { audit, governance, saas, security }

const definitionsOf = (name: keyof typeof contexts): readonly Definition[] => {
  const { events, commands = [] } = contexts[name] as {
    readonly events: readonly EventDefinition[]
    readonly commands?: readonly CommandDefinition[]
  }
  return [...events, ...commands]
}
const all = (['audit', 'governance', 'saas', 'security'] as const).flatMap(definitionsOf)
const named = (type: string): Definition => {
  const found = all.find(definition => definition.type === type)
  if (found === undefined) throw new Error(`There is no ${type}`)
  return found
}

/** Every schema below a schema, with the name of the member that it is of. */
function nodes(schema: Node, name = ''): [name: string, node: Node][] {
  const members = Object.entries((schema['properties'] ?? {}) as Record<string, Node>)
  const items = schema['items'] as Node | undefined
  return [
    [name, schema],
    ...members.flatMap(([member, node]) => nodes(node, member)),
    ...(items === undefined ? [] : nodes(items, name)),
  ]
}
const nodesOf = (definition: Definition) => nodes(definition.payload as Node)
const membersOf = (type: string) => (named(type).payload as Node)['properties'] as Record<string, Node>

describe('what is said of roles agrees', () => {
  const types = ['RoleAssigned', 'RoleRevoked', 'AssignRole', 'PermissionConfigurationChanged']

  test.each(types)('%s always names the entity, the tenant where it is all of it', type => {
    expect((named(type).payload as Node)['required']).toContain('entityId')
    expect(membersOf(type)['entityId']?.['description']).toMatch(/the id of the tenant where it (is|was) all/)
  })

  it('says of caches only what its consumers do', () => {
    const { consumers, rules = [] } = named('RoleAssigned') as EventDefinition
    expect(consumers).toEqual(['Notification', 'Audit'])
    expect(rules.join(' ')).not.toContain('thrown away')
  })

  it('names the event on the channel whose policy is another', () => {
    const channel = contexts.security.topics?.find(({ name }) => name === 'rbac')
    expect((named('RoleAssigned') as EventDefinition).retry?.attempts).toBe(5)
    expect(channel?.summary).toContain('RoleAssigned, which comes from the topic identity-events too, has 5')
  })
})

describe('rules that a schema can hold are held by it', () => {
  test.each([
    ['LegalHoldApplied', { holdId: 'hold-1', appliedBy: 'usr-1' }, false],
    ['LegalHoldApplied', { holdId: 'hold-1', appliedBy: 'usr-1', scope: { subjectId: 'usr-88' } }, true],
    ['ScanResultReceived', { scanId: 'scan-1', scanner: 'trivy' }, false],
    ['ScanResultReceived', { scanId: 'scan-1', scanner: 'trivy', results: [] }, true],
    ['WebhookDelivered', { eventId: 'evt-1', webhookId: 'whk-1', statusCode: 301 }, false],
    ['WebhookDelivered', { eventId: 'evt-1', webhookId: 'whk-1', statusCode: 200 }, true],
    ['WebhookDeliveryFailed', { eventId: 'evt-1', webhookId: 'whk-1', failure: 'address-forbidden' }, true],
    [
      'PIIDetected',
      { eventId: 'evt-1', piiTypes: ['email', 'email'], locations: ['/a'], redactionRequired: true },
      false,
    ],
  ])('%s of %j: %s', (type, payload, isTaken) => {
    expect(Compile(named(type).payload).Check(payload)).toBe(isTaken)
    const validate = createCatalog([named(type) as EventDefinition]).get(type)?.validator
    const check = () => validate?.(payload as never)
    if (isTaken) expect(check).not.toThrow()
    else expect(check).toThrow(expect.objectContaining({ code: 'payload_invalid' }))
  })
})

test('policies are kept because decisions are explained by them', () => {
  for (const type of ['PolicyDefined', 'PolicyCreated', 'PolicyUpdated', 'PolicyDeleted']) {
    const { retention } = named(type) as EventDefinition
    expect(retention, type).toMatchObject({ period: 'forever' })
    expect(retention?.basis, type).toMatch(/decided.*policy/)
  }
})

describe('the words of a context are written in one way', () => {
  const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/
  const pascal = /^[A-Z][A-Za-z0-9]*$/
  /** Comparisons are a language of their own. */
  const others = new Set(['operator'])

  test.each([
    ['audit', kebab],
    ['governance', pascal],
    ['saas', pascal],
    ['security', kebab],
  ] as const)('closed lists of %s are like %s', (context, style) => {
    const odd = definitionsOf(context).flatMap(definition =>
      nodesOf(definition)
        .filter(([name, node]) => Array.isArray(node['enum']) && !others.has(name))
        .filter(([, node]) => !(node['enum'] as string[]).every(value => style.test(value)))
        .map(([name]) => `${definition.type}.${name}`),
    )
    expect(odd).toEqual([])
  })

  it('says the unit of a duration in its name, and counts whole ones', () => {
    const odd = all.flatMap(definition =>
      nodesOf(definition)
        .filter(([name, node]) => /^Milliseconds\b/.test(String(node['description'])) || /Ms$/.test(name))
        .filter(([name, node]) => !/Ms$/.test(name) || node['type'] !== 'integer')
        .map(([name]) => `${definition.type}.${name}`),
    )
    // This name is agreed on with those who import.
    expect(odd).toEqual(['BatchIngestionCompleted.duration'])
  })
})

describe('a command and its event agree', () => {
  const commands = all.filter((definition): definition is CommandDefinition => 'emits' in definition)
  const pairs = commands.flatMap(command =>
    command.emits.map(type => [command, named(type) as EventDefinition] as const),
  )

  test('on how many items a list takes', () => {
    for (const [command, event] of pairs) {
      for (const [name, node] of Object.entries(membersOf(command.type))) {
        const other = membersOf(event.type)[name]
        if (other?.['maxItems'] !== undefined)
          expect(node['maxItems'], `${command.type}.${name}`).toBe(other['maxItems'])
      }
    }
  })

  test('on what is personal, where the command says whose it is', () => {
    let shared = 0
    for (const [command, event] of pairs) {
      const own = JSON.stringify(command.payload)
      for (const field of event.personal ?? []) {
        const parts = field.pointer.split('/').slice(1)
        const subject = field.subject.split('/').at(-1)
        if (!parts.every(part => own.includes(`"${part}"`)) || !own.includes(`"${subject}"`)) continue
        expect(command.personal ?? [], command.type).toContainEqual(field)
        shared += 1
      }
    }
    expect(shared).toBeGreaterThan(10)
  })
})
