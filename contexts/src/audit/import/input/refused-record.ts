import type { KeelsonError } from 'keelson'
import { sha256 } from '../record/digest.ts'

/** A record that gave no stored event, and why. */
export interface RefusedRecord {
  readonly line: number
  readonly index: number
  readonly error: KeelsonError
  /** The record as text, cut off after 32 KiB; bytes that are no UTF-8 show as U+FFFD. */
  readonly original: string
  /** Bytes of the whole record. */
  readonly length: number
  /** Of the whole record, hexadecimal; of its first 64 KiB where it was too long to be read. */
  readonly sha256: string
}

const maxOriginal = 32_768

/** @param length of the whole record, where `text` is only its beginning. */
export function refusedRecord(
  place: Pick<RefusedRecord, 'line' | 'index' | 'error'>,
  text: Uint8Array | string,
  length?: number,
): RefusedRecord {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  // As a stream, the decoder keeps back a character that the cut goes through.
  const isCut = bytes.length > maxOriginal
  const original = new TextDecoder().decode(bytes.subarray(0, maxOriginal), { stream: isCut })
  return { ...place, original, length: length ?? bytes.length, sha256: sha256(bytes) }
}
