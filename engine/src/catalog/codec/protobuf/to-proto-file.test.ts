import * as fc from 'fast-check'
import protobufjs from 'protobufjs'
import { describe, expect, it } from 'vitest'
import { payloadCases } from '../fixtures/arbitrary-schema.ts'
import { closed, failure } from '../fixtures/codec-cases.ts'
import { assignNumbers } from './field-numbers.ts'
import { protobufCodec } from './protobuf-codec.ts'
import { toProtoFile } from './to-proto-file.ts'

const text = { type: 'string' }

describe('toProtoFile', () => {
  it('says what the codec writes: another implementation reads it by the file, and writes what the codec reads', () => {
    fc.assert(
      fc.property(payloadCases, ({ schema, payloads }) => {
        const numbers = assignNumbers(undefined, schema)
        const definition = { type: 'Thing', summary: 'A thing.', payload: schema }
        const text = toProtoFile([definition], { package: 'acme.v1', numbers: { Thing: numbers } })
        const type = protobufjs.parse(text).root.lookupType('acme.v1.Thing')
        const codec = protobufCodec({ schema, numbers })
        for (const payload of payloads) {
          const theirs = type.encode(type.decode(codec.encode(payload))).finish()
          expect(codec.decode(theirs)).toStrictEqual(payload)
        }
      }),
      { numRuns: 200 },
    )
  })
})

describe('the text of a .proto file', () => {
  it('has comments, reserved numbers, and names in the style of protobuf', () => {
    const first = closed({ orderId: text, old: text })
    const numbers = assignNumbers(undefined, first)
    const second = closed(
      {
        orderId: { ...text, description: 'Its id.' },
        'a/b': { type: 'array', items: text, description: 'Two\nlines.' },
        state: { enum: ['open', 'half done'] },
        pay: { anyOf: [closed({ kind: { const: 'card' } }), text, { type: 'null' }] },
      },
      ['a/b', 'pay'],
    )
    const definition = { type: 'Order', summary: 'An order.', payload: second }
    const options = { package: 'acme.v1', numbers: { Order: assignNumbers(numbers, second) } }
    expect(toProtoFile([definition], options)).toBe(`syntax = "proto3";

package acme.v1;

// An order.
message Order {
  enum State {
    STATE_UNSPECIFIED = 0;
    // "open"
    STATE_OPEN = 1;
    // "half done"
    STATE_HALF_DONE = 2;
  }

  enum PayCardKind {
    PAY_CARD_KIND_UNSPECIFIED = 0;
    // "card"
    PAY_CARD_KIND_CARD = 1;
  }

  message Pay {
    oneof choice {
      string string = 1;
      PayCard card = 2;
    }
  }

  message PayCard {
    optional PayCardKind kind = 1;
  }

  reserved 2;
  reserved "old";
  // Its id.
  optional string order_id = 1;
  // Two
  // lines.
  repeated string a_b = 3 [json_name = "a/b"];
  // Set where the member is there without entries, which is not the same as absent.
  optional bool a_b_is_empty = 4;
  optional State state = 5;
  Pay pay = 6;
  // Set where the member is null, which is not the same as absent.
  optional bool pay_is_null = 7;
}
`)
  })

  it('is the same whatever the order of the definitions, and needs numbers for each', () => {
    const numbers = { A1a: assignNumbers(undefined, closed({})), B1b: assignNumbers(undefined, closed({})) }
    const definitions = ['A1a', 'B1b'].map(type => ({ type, summary: type, payload: closed({}) }))
    const options = { package: 'acme.v1', numbers }
    expect(toProtoFile(definitions.toReversed(), options)).toBe(toProtoFile(definitions, options))
    failure(() => toProtoFile(definitions, { ...options, numbers: { A1a: numbers.A1a } }), 'schema_invalid')
    const odd = [{ type: 'A {}', summary: '', payload: {} }]
    failure(() => toProtoFile(odd, options), 'schema_invalid')
    failure(() => toProtoFile(definitions, { ...options, package: 'Acme; import "x"' }), 'schema_invalid')
  })
})
