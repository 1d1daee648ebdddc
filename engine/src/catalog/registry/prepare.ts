import { hash } from 'node:crypto'
import type { SchemaRequest } from './check-request.ts'
import { checkRequest } from './check-request.ts'
import type { SchemaCheckers, SchemaDocument } from './checker.ts'
import type { Candidate } from './decide-register.ts'
import { resolveDocument } from './resolve-documents.ts'
import type { View } from './view.ts'

/** A schema that was found well formed. */
export interface Prepared {
  readonly candidate: Candidate
  readonly document: SchemaDocument
}

/** @throws KeelsonError `request_invalid`, `schema_invalid`. */
export function prepare(
  view: View,
  subject: string,
  request: SchemaRequest,
  checkers: SchemaCheckers,
): Prepared {
  checkRequest(subject, request)
  const { schema, schemaType = 'JSON', references = [], event, compatibility } = request
  const document = resolveDocument(view, { schema, references })
  const { canonical, title, description } = checkers[schemaType].parse(document)
  const candidate: Candidate = {
    subject,
    schemaType,
    schema,
    hash: hash('sha256', canonical, 'hex'),
    references: references.map(({ name, subject: to, version }) => ({ name, subject: to, version })),
    ...shortened('title', title, 200),
    ...shortened('description', description, 2_000),
    ...(event !== undefined && { event }),
    ...(compatibility !== undefined && { compatibility }),
  }
  return { candidate, document }
}

function shortened(name: 'title' | 'description', text: string | undefined, length: number) {
  const short = text?.slice(0, length).toWellFormed()
  return short === undefined || short === '' ? {} : { [name]: short }
}
