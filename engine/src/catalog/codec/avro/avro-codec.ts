import type { JsonObject, JsonValue } from '../../../core/index.ts'
import { KeelsonError } from '../../../core/index.ts'
import { checkJson } from '../check-json.ts'
import type { Codec, CodecLimits } from '../codec.ts'
import { defaultMaxBytes, maxDepth } from '../codec.ts'
import { damaged, misfit, pointerStep } from '../fault.ts'
import { ByteSource, freeItems } from '../wire/byte-source.ts'
import type { AvroNode } from './avro-node.ts'
import { AvroSink } from './binary/avro-sink.ts'
import { compileReader } from './binary/compile-reader.ts'
import { compileWriter } from './binary/compile-writer.ts'
import { findMisfit } from './binary/find-misfit.ts'
import { isRecursive } from './binary/is-recursive.ts'
import { findMismatches } from './find-mismatches.ts'
import { parseAvroNode } from './parse-node.ts'

/** Avro schemas as JSON, such as `toAvroSchema` derives. */
export interface AvroCodecOptions extends CodecLimits {
  /** What payloads are written with. */
  readonly writer: JsonObject | JsonValue[]
  /** What payloads are read as: another version. By default the writer's own. */
  readonly reader?: JsonObject | JsonValue[]
}

/**
 * Avro's binary encoding, without a header.
 *
 * @throws KeelsonError `schema_invalid` where a schema is none, `schema_incompatible` where the reader's cannot read
 * what the writer's writes; the details say each place.
 */
export function avroCodec({ writer, reader, maxBytes = defaultMaxBytes }: AvroCodecOptions): Codec {
  const written = parseAvroNode(writer)
  const wanted = reader === undefined ? written : parseAvroNode(reader)
  refuseMismatches(written, wanted)
  const write = compileWriter(written)
  const read = compileReader(written, wanted)
  const isUnbounded = isRecursive(written)
  const sink = new AvroSink()
  return {
    contentType: 'application/avro',
    encode(payload) {
      if (isUnbounded) checkJson(payload, maxDepth)
      sink.reset()
      try {
        write(sink, payload)
      } catch (error) {
        throw locate(error, written, payload)
      }
      if (sink.at > maxBytes || sink.items > sink.at + freeItems)
        throw misfit('', `takes ${sink.at} bytes, and at most ${maxBytes} are allowed`)
      return sink.take()
    },
    decode(bytes) {
      if (bytes.length > maxBytes) throw damaged(`The encoding is longer than ${maxBytes} bytes`)
      const source = new ByteSource(bytes)
      const value = read(source)
      source.finish()
      return value as JsonValue
    },
  }
}

function refuseMismatches(writer: AvroNode, reader: AvroNode): void {
  if (writer === reader) return
  const mismatches = findMismatches(writer, reader)
  const [first] = mismatches
  if (first === undefined || writer.kind === 'union') return
  const place = first.path || 'the root'
  throw new KeelsonError('schema_incompatible', `At ${place}: ${first.message}`, { mismatches })
}

/** Finds the place of a fault, which the writer does not keep in mind while all is well. */
function locate(error: unknown, node: AvroNode, payload: JsonValue): unknown {
  if (!(error instanceof KeelsonError)) return error
  const found = findMisfit(node, payload, new Map())
  return found === undefined ? error : misfit(found.steps.reverse().map(pointerStep).join(''), found.message)
}
