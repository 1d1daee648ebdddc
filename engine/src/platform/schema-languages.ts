import type { SchemaChecker, SchemaCheckers } from '../catalog/index.ts'
import { createJsonChecker } from '../catalog/index.ts'
import { KeelsonError } from '../core/index.ts'

/** JSON Schema and what was given beside it; a schema in another language is refused with the reason. */
export function schemaLanguages(given: Partial<SchemaCheckers>): SchemaCheckers {
  return { JSON: createJsonChecker(), AVRO: refused('AVRO'), PROTOBUF: refused('PROTOBUF'), ...given }
}

function refused(language: string): SchemaChecker {
  const refuse = (): never => {
    throw new KeelsonError(
      'schema_invalid',
      `This platform takes no schemas in ${language}: createPlatform was called without it in schemaLanguages`,
    )
  }
  return { parse: refuse, compare: refuse }
}
