import { damaged } from './fault.ts'

/** What Kafka clients of a schema registry put before a message: a zero byte and the schema's id, big-endian. */
export interface RegistryFrame {
  readonly schemaId: number
  readonly body: Uint8Array
}

const headLength = 5
const maxSchemaId = 0x7fff_ffff

/** @throws RangeError where the id is not an integer from 0 to 2^31 − 1. */
export function encodeRegistryFrame(schemaId: number, body: Uint8Array): Uint8Array {
  if (!Number.isInteger(schemaId) || schemaId < 0 || schemaId > maxSchemaId)
    throw new RangeError(`The schema id ${schemaId} is not an integer from 0 to ${maxSchemaId}`)
  const bytes = new Uint8Array(headLength + body.length)
  new DataView(bytes.buffer).setUint32(1, schemaId)
  bytes.set(body, headLength)
  return bytes
}

/** @throws KeelsonError `encoding_invalid` where the bytes do not begin with such a head. */
export function decodeRegistryFrame(bytes: Uint8Array): RegistryFrame {
  if (bytes.length < headLength || bytes[0] !== 0)
    throw damaged('The message does not begin with a zero byte and a schema id')
  const schemaId = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(1)
  return { schemaId, body: bytes.subarray(headLength) }
}
