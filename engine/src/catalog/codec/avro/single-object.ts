import type { JsonValue } from '../../../core/index.ts'
import { damaged } from '../fault.ts'
import { avroParsingForm } from './parsing-form.ts'

/** Two bytes of marker, eight of fingerprint. */
const headLength = 10
const emptyFingerprint = 0xc15d213aa4d7a795n

/** CRC-64-AVRO of the schema's Parsing Canonical Form, as 16 hexadecimal digits. */
export function avroFingerprint(schema: JsonValue): string {
  let fingerprint = emptyFingerprint
  for (const byte of new TextEncoder().encode(avroParsingForm(schema))) {
    let row = (fingerprint ^ BigInt(byte)) & 0xffn
    for (let bit = 0; bit < 8; bit += 1) row = (row >> 1n) ^ (emptyFingerprint & -(row & 1n))
    fingerprint = (fingerprint >> 8n) ^ row
  }
  return fingerprint.toString(16).padStart(16, '0')
}

export interface SingleObject {
  /** Which schema it was written with, as `avroFingerprint` gives it. */
  readonly fingerprint: string
  readonly body: Uint8Array
}

/** Avro's single-object encoding: `C3 01`, the fingerprint, lowest byte first, and what `avroCodec` wrote. */
export function encodeSingleObject(fingerprint: string, body: Uint8Array): Uint8Array {
  if (!/^[0-9a-f]{16}$/.test(fingerprint))
    throw new RangeError(`${fingerprint} is not a fingerprint of 16 digits`)
  const bytes = new Uint8Array(headLength + body.length)
  bytes.set([0xc3, 0x01])
  new DataView(bytes.buffer).setBigUint64(2, BigInt(`0x${fingerprint}`), true)
  bytes.set(body, headLength)
  return bytes
}

/** @throws KeelsonError `encoding_invalid` where the bytes do not begin with the marker. */
export function decodeSingleObject(bytes: Uint8Array): SingleObject {
  if (bytes.length < headLength || bytes[0] !== 0xc3 || bytes[1] !== 0x01)
    throw damaged("The bytes do not begin with the marker of Avro's single objects")
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const fingerprint = view.getBigUint64(2, true).toString(16).padStart(16, '0')
  return { fingerprint, body: bytes.subarray(headLength) }
}
