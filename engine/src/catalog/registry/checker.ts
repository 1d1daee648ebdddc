import type { CompatibilityMode } from '../compatibility/index.ts'

/** The languages that schemas are written in. */
export const schemaTypes = ['JSON', 'AVRO', 'PROTOBUF'] as const
export type SchemaType = (typeof schemaTypes)[number]

/** A schema's text with the texts that it refers to, by the names that it calls them. */
export interface SchemaDocument {
  readonly text: string
  readonly references: readonly { readonly name: string; readonly text: string }[]
}

export interface ParsedSchema {
  /** The same for two texts that mean the same in the language's own terms, such as white space. */
  readonly canonical: string
  readonly title?: string
  readonly description?: string
}

export interface CompatibilityVerdict {
  readonly isCompatible: boolean
  /** What stands against it, each in words with its place; empty where it is compatible. */
  readonly messages: readonly string[]
  /** For programs, such as the differences and a counter-example. */
  readonly details?: Readonly<Record<string, unknown>>
}

/** What a registry has to know about a language. Neither function may take more than bounded time. */
export interface SchemaChecker {
  /** @throws KeelsonError `schema_invalid` saying what is wrong, and where. */
  parse(document: SchemaDocument): ParsedSchema
  /** Compares a new schema with an earlier one. */
  compare(earlier: SchemaDocument, next: SchemaDocument, mode: CompatibilityMode): CompatibilityVerdict
}

export type SchemaCheckers = Readonly<Record<SchemaType, SchemaChecker>>
