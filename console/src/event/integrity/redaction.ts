import type { ProofParts } from '../../api/log-query.ts'
import type { Step } from './step.ts'

/** What a record of the log says was taken out of an event. */
export interface Redaction {
  /** Index of the record. */
  readonly n: number
  /** Commitment to what is left of the body. */
  readonly body: string
  readonly paths: readonly string[]
  /** Why it cannot be relied on. */
  readonly faults: readonly string[]
}

/** Reads the records of what was taken out of an event; each counts as far as its own proof holds. */
export const readRedactions = (
  { sealed, redactions }: ProofParts,
  stepsOf: (record: ProofParts['redactions'][number]) => readonly Step[],
): readonly Redaction[] =>
  redactions.map(record => {
    const steps = stepsOf(record)
    const { n, body } = record.parts.sealed
    const isProven = ['leaf', 'body', 'path', 'checkpoint'].every(id =>
      steps.some(step => step.id === id && step.state === 'passed'),
    )
    const said = isProven ? payloadOf(body) : undefined
    const isAboutThis =
      said?.['action'] === 'redaction' && said['n'] === sealed.n && said['leaf'] === sealed.leafHash
    return {
      n,
      body: String(said?.['body']),
      paths: Array.isArray(said?.['paths']) ? said['paths'].map(String) : [],
      faults: isProven
        ? isAboutThis
          ? []
          : [`Record ${n} is about another event`]
        : [`Record ${n}, which says what was taken out, is not proven`],
    }
  })

function payloadOf(body: string | null): Readonly<Record<string, unknown>> | undefined {
  const envelope = JSON.parse(body ?? '{}') as { readonly payload?: Readonly<Record<string, unknown>> }
  return envelope.payload
}
