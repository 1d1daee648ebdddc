import { badSchema } from './fault.ts'

/** `_transitive` modes compare two schemas as the others do; that all earlier versions are compared is the caller's. */
export type CompatibilityMode =
  | 'none'
  | 'backward'
  | 'backward_transitive'
  | 'forward'
  | 'forward_transitive'
  | 'full'
  | 'full_transitive'

export interface CompatibilityResult {
  readonly isCompatible: boolean
  /** What stands against it, each with its place; empty where it is compatible. */
  readonly messages: readonly string[]
}

/** Collects what stands against a mode: backward is the new schema as reader, forward the old one. */
export function compareBoth<Schema>(
  older: Schema,
  newer: Schema,
  mode: CompatibilityMode,
  faults: (writer: Schema, reader: Schema) => readonly string[],
): CompatibilityResult {
  const messages: string[] = []
  const isFull = mode.startsWith('full')
  if (isFull || mode.startsWith('backward'))
    messages.push(...faults(older, newer).map(fault => `backward: ${fault}`))
  if (isFull || mode.startsWith('forward'))
    messages.push(...faults(newer, older).map(fault => `forward: ${fault}`))
  return { isCompatible: messages.length === 0, messages }
}

/** Schemas of others are bounded before they are looked at. */
export const maxSchemaBytes = 65_536
export const maxSchemaDepth = 32

export function boundSchema(text: string): void {
  if (Buffer.byteLength(text) > maxSchemaBytes)
    throw badSchema(`The schema is longer than ${maxSchemaBytes} bytes`)
}
