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

export const noSubject = (subject: string): KeelsonError =>
  notFound('subject', `There is no subject "${subject}"`, { subject })

export const noVersion = (subject: string, version: number | 'latest'): KeelsonError =>
  notFound('version', `The subject "${subject}" has no version ${version}`, { subject, version })

/** A reference that leads nowhere makes a schema invalid; it too may have been registered this very second. */
export const isMissing = (error: unknown): boolean =>
  error instanceof KeelsonError &&
  (error.code === 'schema_not_found' || error.details['missing'] !== undefined)
