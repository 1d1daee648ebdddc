import type { JsonObject } from 'keelson'
import { textAt } from '../record/member.ts'
import type { AuditFacts } from '../record/to-audit-event.ts'

/** Where an event tells how something ended. */
const conclusions: Readonly<Record<string, readonly string[]>> = {
  check_run: ['check_run', 'conclusion'],
  check_suite: ['check_suite', 'conclusion'],
  deployment_status: ['deployment_status', 'state'],
  page_build: ['build', 'status'],
  repository_import: ['status'],
  status: ['state'],
  workflow_job: ['workflow_job', 'conclusion'],
  workflow_run: ['workflow_run', 'conclusion'],
}
const reasons: Readonly<Record<string, readonly string[]>> = {
  check_run: ['check_run', 'output', 'title'],
  deployment_status: ['deployment_status', 'description'],
  page_build: ['build', 'error', 'message'],
  status: ['description'],
}
const outcomes: Readonly<Record<string, AuditFacts['outcome']>> = {
  success: 'success',
  neutral: 'success',
  skipped: 'success',
  built: 'success',
  inactive: 'success',
  failure: 'failure',
  failed: 'failure',
  error: 'failure',
  errored: 'failure',
  cancelled: 'failure',
  timed_out: 'failure',
  startup_failure: 'failure',
}

/** How it ended: not known while it runs or waits; an event that tells of no end is a fact that came about. */
export function outcomeOf(event: string, payload: JsonObject): Pick<AuditFacts, 'outcome' | 'reason'> {
  if (conclusions[event] === undefined) return { outcome: 'success' }
  const conclusion = conclusionOf(event, payload)
  const outcome = outcomes[conclusion ?? ''] ?? 'unknown'
  if (outcome !== 'failure') return { outcome }
  const told = textAt(payload, ...(reasons[event] ?? ['-']))
  return { outcome, reason: told === undefined ? conclusion : `${conclusion}: ${told}` }
}

/** The word in which the event tells how it ended. */
export function conclusionOf(event: string, payload: JsonObject): string | undefined {
  const path = conclusions[event]
  return path === undefined ? undefined : textAt(payload, ...path)
}
