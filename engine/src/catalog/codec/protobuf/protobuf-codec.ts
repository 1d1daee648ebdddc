import type { JsonValue } from '../../../core/index.ts'
import { checkJson } from '../check-json.ts'
import type { Codec, CodecLimits } from '../codec.ts'
import { defaultMaxBytes, maxDepth } from '../codec.ts'
import { damaged, misfit } from '../fault.ts'
import { shapeOf } from '../shape/shape-of.ts'
import { ByteSource } from '../wire/byte-source.ts'
import { compileProtoReader } from './compile-proto-reader.ts'
import { compileProtoWriter } from './compile-proto-writer.ts'
import type { FieldNumbers } from './field-numbers.ts'
import { layoutOf } from './layout-of.ts'
import type { ProtoMessage } from './proto-layout.ts'
import { fieldsOf } from './proto-layout.ts'
import { ProtoSink } from './proto-sink.ts'

export interface ProtobufCodecOptions extends CodecLimits {
  /** The JSON Schema of the payload. */
  readonly schema: JsonValue
  /** As `assignNumbers` gave them for this schema. */
  readonly numbers: FieldNumbers
}

/**
 * The binary encoding of Protocol Buffers, of the message that `toProtoFile` describes. Fields that are not known are
 * passed over, so that what a later version wrote can be read.
 *
 * @throws KeelsonError `schema_invalid` where a field has no number.
 */
export function protobufCodec({ schema, numbers, maxBytes = defaultMaxBytes }: ProtobufCodecOptions): Codec {
  const { root } = layoutOf(shapeOf(schema))
  const write = compileProtoWriter(root, numbers)
  const read = compileProtoReader(root, numbers)
  const isUnbounded = isRecursive(root)
  const sink = new ProtoSink()
  return {
    contentType: 'application/x-protobuf',
    encode(payload) {
      if (isUnbounded) checkJson(payload, maxDepth)
      sink.reset()
      write(sink, payload)
      if (sink.at > maxBytes) throw misfit('', `takes ${sink.at} bytes, and at most ${maxBytes} are allowed`)
      return sink.take()
    },
    decode(bytes) {
      if (bytes.length > maxBytes) throw damaged(`The encoding is longer than ${maxBytes} bytes`)
      const source = new ByteSource(bytes)
      const value = read(source)
      source.finish()
      return value
    },
  }
}

/** Whether a message contains itself, so that the schema sets no bound to the depth of values. */
function isRecursive(root: ProtoMessage): boolean {
  const open = new Set<ProtoMessage>()
  const done = new Set<ProtoMessage>()
  const visit = (message: ProtoMessage): boolean => {
    if (open.has(message)) return true
    if (done.has(message)) return false
    open.add(message)
    const found = fieldsOf(message).some(({ type }) => type.kind === 'message' && visit(type.message))
    open.delete(message)
    done.add(message)
    return found
  }
  return visit(root)
}
