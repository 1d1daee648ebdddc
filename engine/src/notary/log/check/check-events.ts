import type { JsonObject } from '../../../core/index.ts'
import type { LogCheckReport } from './check-log.ts'
import type { LogFault } from './entry/log-fault.ts'

/** An event that says what a check has found. */
export interface CheckEvent {
  readonly eventType: string
  readonly payload: JsonObject
}

export interface CheckRun {
  readonly tenantId: string
  /** Id of the run. */
  readonly checkId: string
  /** RFC 3339. */
  readonly checkedAt: string
}

/** What is published of a check: about the entries, and about the signature of the head that they were held to. */
export function checkEvents(report: LogCheckReport, run: CheckRun): readonly CheckEvent[] {
  return report.size === 0 && report.isSound
    ? []
    : [entriesEvent(report, run), ...signatureEvent(report, run)]
}

/** UTF-16 units. */
const mostReason = 512

/** The log in names of streams and signatures: `contoso/main`. */
const logOf = ({ tenantId }: CheckRun): string => `${tenantId}/main`

function entriesEvent(report: LogCheckReport, run: CheckRun): CheckEvent {
  const { checkId, checkedAt } = run
  const common = { streamId: logOf(run), checkId, treeSize: report.size, checkedAt }
  if (report.faultCount === 0) {
    const { entries: eventCount, root: rootHash, explained: explainedAbsences, milliseconds } = report
    return {
      eventType: 'HashChainValidated',
      payload: { ...common, eventCount, rootHash, explainedAbsences, durationMs: Math.round(milliseconds) },
    }
  }
  const { code, endedAt } = report.faults.find(fault => fault.code !== undefined) ?? {}
  return {
    eventType: 'HashChainValidationFailed',
    payload: {
      ...common,
      ...(code === undefined ? {} : { code }),
      ...(endedAt && { endedAtIndex: endedAt.index, endedAtPosition: endedAt.position }),
      failures: report.faults.map(faultItem),
      failureCount: report.faultCount,
    },
  }
}

function faultItem({ kind, reason, eventId, version, index, expected, actual }: LogFault): JsonObject {
  return {
    kind,
    reason: reason.slice(0, mostReason),
    ...(eventId === undefined ? {} : { eventId }),
    ...(version === undefined ? {} : { version }),
    ...(index === undefined ? {} : { leafIndex: index }),
    ...(expected === undefined || expected === '' ? {} : { expectedHash: expected }),
    ...(actual === undefined || actual === '' ? {} : { actualHash: actual }),
  }
}

function signatureEvent({ signature, size, root, faultCount }: LogCheckReport, run: CheckRun): CheckEvent[] {
  if (!signature) return []
  const { checkId, checkedAt } = run
  const { keyId, fault, cosignatures } = signature
  const common = {
    signatureId: `${logOf(run)}@${size}`,
    checkId,
    signed: 'checkpoint',
    ...(keyId === undefined ? {} : { keyId }),
    checkedAt,
  }
  if (fault !== undefined)
    return [{ eventType: 'SignatureVerificationFailed', payload: { ...common, failure: fault } }]
  const rootHash = faultCount === 0 ? { rootHash: root } : {}
  const payload = { ...common, algorithm: 'Ed25519', treeSize: size, ...rootHash, cosignatures }
  return [{ eventType: 'SignatureVerified', payload }]
}
