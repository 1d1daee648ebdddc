import { KeelsonError } from '../../core/index.ts'

/** What is not there, or not any more. */
export type Missing = 'subject' | 'version' | 'schema' | 'compatibility' | 'mode'

export function notFound(
  missing: Missing,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
): KeelsonError {
  return new KeelsonError('schema_not_found', message, { missing, ...details })
}

export function noSubject(subject: string, nearest: readonly string[] = []): KeelsonError {
  const hint = nearest.length > 0 ? `: did you mean ${nearest.join(', ')}?` : ''
  const details = { subject, ...(nearest.length > 0 && { nearest }) }
  return notFound('subject', `There is no subject "${subject}"${hint}`, details)
}

export const noVersion = (subject: string, version: number | 'latest'): KeelsonError =>
  notFound('version', `The subject "${subject}" has no version ${version}`, { subject, version })

/** A reference that leads nowhere makes a schema invalid; it too may have been registered this very second. */
export const isMissing = (error: unknown): boolean =>
  error instanceof KeelsonError &&
  (error.code === 'schema_not_found' || error.details['missing'] !== undefined)
