import protobufjs from 'protobufjs'
import { describe, expect, it } from 'vitest'
import { failure } from '../../fixtures/codec-cases.ts'
import { compareProto, parseProto } from './parse-proto.ts'

const head = 'syntax = "proto3"; package p;'
const message = (body: string) =>
  `${head} message M { ${body} } message N { int32 x = 1; } enum E { Z = 0; A = 1; }`
const compare = (older: string, newer: string, mode: 'backward' | 'forward' | 'full') =>
  compareProto(protobufjs, older, newer, mode)

describe('compareProto', () => {
  it.each<[what: string, older: string, newer: string, backward: string, forward: string]>([
    ['the same', 'string a = 1;', 'string a = 1;', '', ''],
    ['a field more', 'string a = 1;', 'string a = 1; N n = 2;', '', ''],
    ['another name', 'string a = 1;', 'string b = 1;', '', ''],
    ['optional', 'string a = 1;', 'optional string a = 1;', '', ''],
    ['a field less', 'string a = 1;', '', 'M.a (1): removed without', 'M.a (1): removed without'],
    ['a field less, reserved', 'string a = 1;', 'reserved 1;', '', ''],
    ['a reserved range', 'string a = 5;', 'reserved 2 to 8;', '', ''],
    ['a number again', 'reserved 1;', 'string a = 1;', 'takes a number that was reserved', 'takes a number'],
    [
      'no longer reserved',
      'reserved 1 to 3;',
      'reserved 1 to 2;',
      'no longer reserved',
      'no longer reserved',
    ],
    ['another type', 'string a = 1;', 'int32 a = 1;', 'from string to int32', 'from string to int32'],
    ['a wider type', 'int32 a = 1;', 'int64 a = 1;', '', 'from int32 to int64'],
    ['a narrower type', 'bytes a = 1;', 'string a = 1;', 'from bytes to string', ''],
    ['another message', 'N a = 1;', 'M a = 1;', 'from p.N to p.M', 'from p.N to p.M'],
    ['the same message, said in full', 'N a = 1;', '.p.N a = 1;', '', ''],
    ['a list', 'string a = 1;', 'repeated string a = 1;', 'from single to repeated', 'from single'],
    ['a map', 'map<string, N> a = 1;', 'map<int32, N> a = 1;', 'type of its keys', 'type of its keys'],
    [
      'into a oneof',
      'string a = 1; string b = 2;',
      'oneof c { string a = 1; string b = 2; }',
      'into the oneof c',
      'into',
    ],
    ['into a oneof alone', 'string a = 1;', 'oneof c { string a = 1; }', '', ''],
    [
      'out of a oneof',
      'oneof c { string a = 1; string b = 2; }',
      'string a = 1; oneof c { string b = 2; }',
      'out of',
      'out of',
    ],
    [
      'a oneof renamed',
      'oneof c { string a = 1; string b = 2; }',
      'oneof d { string a = 1; string b = 2; }',
      '',
      '',
    ],
    [
      'two oneofs in one',
      'oneof c { N a = 1; } oneof d { N b = 2; }',
      'oneof c { N a = 1; N b = 2; }',
      'out of the oneof d into the oneof c',
      'into',
    ],
  ])('%s', (_, older, newer, backward, forward) => {
    const results = (['backward', 'forward'] as const).map(mode =>
      compare(message(older), message(newer), mode),
    )
    for (const [index, expected] of [backward, forward].entries()) {
      expect(results[index]?.messages.join('\n')).toContain(expected)
      expect(results[index]?.isCompatible).toBe(expected === '')
    }
    expect(compare(message(older), message(newer), 'full').isCompatible).toBe(
      backward === '' && forward === '',
    )
  })

  it.each(['backward', 'forward', 'full'] as const)('takes no enum for a message of its name, %s', mode => {
    const [asEnum, asMessage] = ['enum X { A = 0; }', 'message X { string s = 1; }'].map(
      kind => `${head} ${kind} message M { X x = 1; }`,
    ) as [string, string]
    expect(compare(asEnum, asMessage, mode).messages.join('\n')).toContain('p.X: the enum became a message')
    expect(compare(asMessage, asEnum, mode).messages.join('\n')).toContain('p.X: the message became an enum')
  })

  it('looks at enums, messages, the package, and required fields', () => {
    const values = (body: string) => `${head} enum E { Z = 0; ${body} }`
    expect(compare(values('A = 1;'), values('A = 1; B = 2;'), 'full').isCompatible).toBe(true)
    expect(compare(values('A = 1;'), values(''), 'full').messages[0]).toContain('E.A (1): removed')
    expect(compare(values('A = 1;'), values('reserved 1;'), 'full').isCompatible).toBe(true)
    expect(compare(values('A = 1;'), values('B = 1;'), 'full').messages[0]).toContain('now stands for B')
    expect(compare(values('reserved 1;'), values('A = 1;'), 'full').messages[0]).toContain('was reserved')
    const two = `${head} message A {} message B {}`
    expect(compare(two, `${head} message A {}`, 'backward').messages).toEqual([
      'backward: p.B: the message was removed',
    ])
    expect(compare(two, `${head} message A {}`, 'forward').isCompatible).toBe(true)
    expect(compare('package p;', 'package q;', 'forward').messages[0]).toContain('from "p" to "q"')
    const proto2 = (body: string) => `syntax = "proto2"; message M { ${body} }`
    const [none, some] = [proto2(''), proto2('required int32 a = 1;')]
    expect(compare(none, some, 'backward').messages[0]).toContain('older messages do not have it')
    expect(compare(none, some, 'forward').isCompatible).toBe(true)
    expect(compare(some, proto2('optional int32 a = 1;'), 'forward').messages[0]).toContain(
      'reader requires it',
    )
    expect(compare(some, proto2('optional int32 a = 1;'), 'backward').isCompatible).toBe(true)
    expect(compare(some, proto2('reserved 1;'), 'forward').messages[0]).toContain('misses it')
  })
})

describe('parseProto', () => {
  it('gives one text for one file', () => {
    const first = parseProto(protobufjs, message('string a = 1; // why\n'))
    expect(parseProto(protobufjs, message('\n  string a=1;'))).toEqual(first)
    expect(first).toMatchObject({ package: 'p', messages: ['p.M', 'p.N'] })
    expect(parseProto(protobufjs, message('string b = 1;')).canonicalText).not.toBe(first.canonicalText)
  })

  it.each([
    ['message M {', 'not valid'],
    ['syntax = "proto9"; message M {}', 'proto9'],
    ['edition = "2023"; message M {}', '2023'],
    [`${head} import "other.proto"; message M {}`, 'imports'],
    [`${head} import "google/protobuf/any.proto"; message M { google.protobuf.Any a = 1; }`, 'imports'],
    [`${head} message M { Missing a = 1; }`, 'Missing'],
    [`${head} message M { string a = 1; string b = 1; }`, 'not valid'],
    [`${head} message __proto__ { string a = 1; }`, 'a name that is not supported'],
    [`${head} message constructor { string a = 1; }`, 'a name that is not supported'],
    [
      'syntax = "proto2"; message M { extensions 100 to 199; } extend M { optional int32 w = 100; }',
      'extension',
    ],
    [`${head} ${'message A {'.repeat(40)}${'}'.repeat(40)}`, 'deeper than 32'],
    [`${head} // ${'x'.repeat(70_000)}`, 'longer than 65536'],
    [
      `${head} message M { reserved ${Array.from({ length: 1500 }, (_, at) => 2 * at + 1).join(', ')}; }`,
      '1000',
    ],
  ])('refuses %s', (text, reason) => {
    expect(failure(() => parseProto(protobufjs, text), 'schema_invalid').message).toContain(reason)
  })
})
