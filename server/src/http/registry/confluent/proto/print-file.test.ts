import { KeelsonError } from 'keelson'
import { compareProto, parseProto } from 'keelson/protobuf'
import protobufjs from 'protobufjs'
import { describe, expect, it } from 'vitest'
import type { FileDescriptor, MessageDescriptor } from './file-descriptor.ts'
import { decodeFile, encodeFile, isEncoded } from './file-descriptor.ts'
import { printFile } from './print-file.ts'

const canonical = (text: string) => parseProto(protobufjs, text).canonicalText
const printed = (text: string) => printFile(decodeFile(encodeFile(text)))
const message = (more: Partial<MessageDescriptor>): FileDescriptor => ({
  syntax: 'proto3',
  messageType: [{ name: 'A', ...more }],
})
const field = { name: 'a', number: 1, label: 'LABEL_OPTIONAL', type: 'TYPE_STRING' }

describe('a .proto file', () => {
  it.each([
    'syntax = "proto3"; message A { string a = 1; repeated int64 b = 2; optional bool c = 3; }',
    'syntax = "proto3"; package p.q; message A { B b = 1; message B { C c = 1; } } message C { A.B back = 1; }',
    'syntax = "proto3"; message A { map<int32, B> m = 1; map<string, bytes> n = 2; } message B { double d = 1; }',
    'syntax = "proto3"; message A { oneof x { string a = 1; E e = 2; } int32 z = 3; } enum E { E_NONE = 0; E_ONE = 1; }',
    'syntax = "proto3"; message A { reserved 2, 4 to 6; reserved "old"; string snake_case = 1; }',
    'syntax = "proto2"; message A { required string a = 1; optional int32 b = 2 [default = 7]; repeated float c = 3 [packed = true]; }',
    'syntax = "proto3"; enum E { option allow_alias = true; E_NONE = 0; E_ZERO = 0; }',
  ])('means the same after it was a descriptor: %s', text => {
    const encoded = encodeFile(text)
    expect(isEncoded(encoded)).toBe(true)
    expect(isEncoded(text)).toBe(false)
    // Types are named in full then, which is the same again from there on.
    const again = printed(text)
    expect(compareProto(protobufjs, text, again, 'full')).toEqual({ isCompatible: true, messages: [] })
    expect(canonical(printed(again))).toBe(canonical(again))
  })

  const nested = (levels: number): MessageDescriptor =>
    levels === 0 ? { name: 'A' } : { name: 'A', nestedType: [nested(levels - 1)] }

  it.each<[string, FileDescriptor]>([
    ['imports', { ...message({}), dependency: ['other.proto'] }],
    ['extensions', { ...message({}), extension: [{}] }],
    ['another edition', { ...message({}), syntax: 'editions' }],
    ['a name that ends the message', message({ name: 'A { } message B' })],
    ['a field whose name is more', message({ field: [{ ...field, name: 'a = 1; string b' }] })],
    [
      'a type that is more',
      message({ field: [{ ...field, type: 'TYPE_MESSAGE', typeName: '.B b = 2; C' }] }),
    ],
    [
      'a default that is more',
      message({ field: [{ ...field, type: 'TYPE_INT32', defaultValue: '7]; string b = 2 [x = 1' }] }),
    ],
    ['a group', message({ field: [{ ...field, type: 'TYPE_GROUP', typeName: '.A' }] })],
    ['a field without a type', message({ field: [{ ...field, type: 'TYPE_MESSAGE' }] })],
    ['a package that is more', { ...message({}), package: 'p; import "x"' }],
    ['nesting without end', message({ nestedType: [nested(100)] })],
    ['more than there is room for', message({ field: Array(5_000).fill(field) })],
  ])('is refused with %s', (_, file) => {
    expect(() => printFile(file)).toThrow(KeelsonError)
  })

  it('that is no descriptor is refused', () => {
    expect(() => decodeFile('aGVsbG8gd29ybGQh')).toThrow('no descriptor')
  })
})
