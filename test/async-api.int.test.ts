import { Parser } from '@asyncapi/parser'
import Ajv from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { JsonObject } from 'keelson'
import { toAsyncApi } from 'keelson'
import { describe, expect, it } from 'vitest'
import { builtInDocument } from './catalog/built-in.ts'

const document = builtInDocument()
const asyncApi = toAsyncApi(document, {
  title: 'Keelson',
  version: '1.0.0',
  servers: { bus: { host: 'bus.example:5671', protocol: 'amqps' } },
})

interface Message {
  readonly payload: { readonly schema: JsonObject }
  readonly examples: readonly { readonly payload: JsonObject; readonly headers: JsonObject }[]
}
const { messages } = asyncApi['components'] as { readonly messages?: Record<string, Message> }

describe('the AsyncAPI document of everything', () => {
  it('is taken by the official parser without a fault', async () => {
    const { document: parsed, diagnostics } = await new Parser().parse(JSON.stringify(asyncApi))
    const faults = diagnostics.filter(({ code }) => code !== 'asyncapi-latest-version')
    expect(faults.map(({ code, message, path }) => [code, message, path.join('/')])).toEqual([])
    expect(parsed?.channels().length).toBe(document.topics.filter(topic => topic.events.length > 0).length)
    expect(parsed?.allMessages().length).toBe(document.events.length)
    const sent = parsed?.operations().filterBySend() ?? []
    expect(new Set(sent.flatMap(operation => operation.messages().map(message => message.name())))).toEqual(
      new Set(document.events.map(event => event.type)),
    )
  })

  it('has examples that its own schemas accept, and schemas that refuse others', () => {
    const ajv = new Ajv.default({ strict: false, allErrors: true })
    addFormats.default(ajv)
    ajv.addSchema(asyncApi, 'catalog')
    const types = Object.keys(messages ?? {})
    expect(types.length).toBe(document.events.length)
    for (const type of types) {
      const check = (part: string) =>
        ajv.compile({ $ref: `catalog#/components/messages/${type}/${part}/schema` })
      const examples = messages?.[type]?.examples ?? []
      expect(examples.length).toBeGreaterThan(0)
      for (const { payload, headers } of examples) {
        const isTaken = check('payload')
        expect([type, isTaken(payload), isTaken.errors]).toEqual([type, true, null])
        expect(check('headers')(headers)).toBe(true)
        expect(isTaken({ ...payload, eventType: 'Other' })).toBe(false)
        expect(isTaken({ ...payload, payload: { ...(payload['payload'] as JsonObject), '\u0000': 1 } })).toBe(
          false,
        )
      }
    }
  })

  it('is the same each time', () => {
    expect(JSON.stringify(toAsyncApi(builtInDocument(), { title: 'a', version: '1' }))).toBe(
      JSON.stringify(toAsyncApi(builtInDocument(), { title: 'a', version: '1' })),
    )
  })
})
