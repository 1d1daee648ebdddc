import type { JsonValue } from '../../../../core/index.ts'
import { isJsonNumber } from '../../check-json.ts'
import { misfit } from '../../fault.ts'
import { canonicalText } from '../../json-codec.ts'
import type { AvroSink } from './avro-sink.ts'
import { isLatin1 } from './find-misfit.ts'

/** Writes a value, or throws `payload_invalid`; the place at fault is found afterwards, so that writing stays fast. */
export type Write = (sink: AvroSink, value: JsonValue | undefined) => void

export const refused = (): Error => misfit('', 'does not fit the schema')

export const writeString: Write = (sink, value) => {
  if (typeof value !== 'string') throw refused()
  sink.text(value, true)
}

export const writeJson: Write = (sink, value) => {
  if (value === undefined) throw refused()
  sink.text(canonicalText(value), true)
}

const writeLong: Write = (sink, value) => {
  if (!Number.isSafeInteger(value)) throw refused()
  sink.zigzag(value as number)
}

export const scalarWriters: Readonly<
  Record<'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes', Write>
> = {
  null(_sink, value) {
    if (value !== null) throw refused()
  },
  boolean(sink, value) {
    if (typeof value !== 'boolean') throw refused()
    sink.byte(value ? 1 : 0)
  },
  int(sink, value) {
    if ((value as number) !== ((value as number) | 0)) throw refused()
    sink.zigzag(value as number)
  },
  long: writeLong,
  float(sink, value) {
    if (!isJsonNumber(value) || Math.fround(value) !== value) throw refused()
    sink.float(value)
  },
  double(sink, value) {
    if (!isJsonNumber(value)) throw refused()
    sink.double(value)
  },
  bytes(sink, value) {
    if (!isLatin1(value)) throw refused()
    sink.zigzag(value.length)
    writeLatin1(sink, value, value.length)
  },
}

export function writeLatin1(sink: AvroSink, value: JsonValue | undefined, length: number): void {
  if (!isLatin1(value) || value.length !== length) throw refused()
  sink.reserve(length)
  sink.at += sink.bytes.write(value, sink.at, length, 'latin1')
}

export function writeEnum(symbols: readonly (string | null)[]): Write {
  const indexes = new Map<JsonValue | undefined, number>(symbols.map((symbol, index) => [symbol, index]))
  return (sink, value) => {
    const index = indexes.get(value)
    if (index === undefined) throw refused()
    sink.zigzag(index)
  }
}
