import { canonicalJson, KeelsonError } from '../../core/index.ts'
import { checkName, checkTenant } from '../names.ts'
import type { BodyChange, DocumentChange, Scope, SecretChange, Statement, UnitOfWork } from '../types.ts'
import type { PreparedAppend } from './prepare.ts'
import { prepareAppend } from './prepare.ts'
import { kidPattern } from './prepare-secrets.ts'
import { checkProductStatement } from './product-statement.ts'
import type { PreparedRedaction } from './redaction.ts'
import { prepareRedaction } from './redaction.ts'

export interface PreparedDocument {
  readonly tenantId: string
  readonly collection: string
  readonly id: string
  /** Canonical JSON; null where the document is to be deleted. */
  readonly value: string | null
  readonly due: number | null
  /** Revision that it must have; null for any. */
  readonly expected: number | null
}

/** A unit of work that is well formed and ready to be carried out. */
export interface PreparedUnit {
  readonly scope: Scope
  readonly durability: UnitOfWork['durability']
  readonly checkpoint: UnitOfWork['checkpoint']
  readonly appends: readonly PreparedAppend[]
  readonly documents: readonly PreparedDocument[]
  readonly bodies: readonly BodyChange[]
  readonly secrets: readonly SecretChange[]
  readonly redactions: readonly PreparedRedaction[]
  readonly statements: readonly Statement[]
}

const maxDocumentBytes = 8 * 1024 * 1024
const maxPositions = 10_000
const maxKids = 10_000

/** @throws KeelsonError `append_invalid` and what `prepareAppend` throws. */
export function prepareUnit(unit: UnitOfWork, maxEventBytes: number): PreparedUnit {
  if (unit.scope.tenantId !== 'every tenant') checkTenant(unit.scope.tenantId)
  const { checkpoint, appends = [], documents = [], bodies = [], statements = [] } = unit
  const { secrets = [], redactions = [] } = unit
  if (checkpoint) checkCheckpoint(checkpoint)
  if (unit.durability !== undefined && unit.durability !== 'relaxed')
    invalid(`has the durability "${String(unit.durability)}", which is relaxed or not given`)
  for (const change of bodies) checkBodies(change)
  for (const change of secrets) checkSecretChange(change)
  for (const { sql } of statements) checkProductStatement(sql, 'append_invalid')
  return {
    scope: unit.scope,
    durability: unit.durability,
    checkpoint,
    appends: appends.map(({ tenantId, writes, options }) =>
      prepareAppend(inScope(unit.scope, tenantId), writes, options, maxEventBytes),
    ),
    documents: documents.map(change => prepareDocument(unit.scope, change)),
    bodies: bodies.map(change => ({ ...change, tenantId: inScope(unit.scope, change.tenantId) })),
    secrets: secrets.map(change => ({ ...change, tenantId: inScope(unit.scope, change.tenantId) })),
    redactions: redactions.map(change =>
      prepareRedaction({ ...change, tenantId: inScope(unit.scope, change.tenantId) }, maxEventBytes),
    ),
    statements,
  }
}

function prepareDocument(scope: Scope, change: DocumentChange): PreparedDocument {
  const { collection, id, value, due, expected } = change
  const tenantId = inScope(scope, change.tenantId)
  checkTenant(tenantId)
  checkName('collection', collection, 'append_invalid')
  checkName('document', id, 'append_invalid')
  if (due !== undefined && !Number.isSafeInteger(due))
    invalid(`has a document that is due at "${String(due)}"`)
  if (expected !== undefined && !(Number.isSafeInteger(expected) && expected >= 0))
    invalid(`expects the revision "${String(expected)}" of a document`)
  const text = value === undefined ? null : canonicalJson(value)
  if (text !== null && text.length > maxDocumentBytes)
    invalid(`has a document of ${text.length} characters; at most ${maxDocumentBytes} are taken`)
  return { tenantId, collection, id, value: text, due: due ?? null, expected: expected ?? null }
}

function checkBodies({ tenantId, positions, becomes }: BodyChange): void {
  checkTenant(tenantId)
  if (becomes !== 'archived' && becomes !== 'removed') invalid(`makes bodies "${String(becomes)}"`)
  checkPositions(positions)
}

function checkSecretChange({ tenantId, positions, kids }: SecretChange): void {
  checkTenant(tenantId)
  checkPositions(positions)
  if (kids.length > maxKids) invalid(`deletes what more than ${maxKids} keys sealed`)
  if (!kids.every(kid => typeof kid === 'string' && kidPattern.test(kid)))
    invalid('deletes what a key sealed that cannot be one')
}

function checkPositions(positions: readonly number[]): void {
  if (positions.length > maxPositions) invalid(`changes more than ${maxPositions} bodies`)
  if (!positions.every(position => Number.isSafeInteger(position) && position > 0))
    invalid('changes a body at what is no position')
}

function checkCheckpoint({ name, from, to }: NonNullable<UnitOfWork['checkpoint']>): void {
  checkName('checkpoint', name, 'append_invalid')
  if (![from, to].every(position => Number.isSafeInteger(position) && position >= 0))
    invalid(`moves the checkpoint "${name}" from ${String(from)} to ${String(to)}, which are no positions`)
}

/** A unit for one tenant changes nothing of another's. */
function inScope(scope: Scope, tenantId: string): string {
  if (scope.tenantId === 'every tenant' || scope.tenantId === tenantId) return tenantId
  const message = `The unit of work is for tenant "${scope.tenantId}", not "${tenantId}"`
  throw new KeelsonError('tenant_mismatch', message)
}

function invalid(what: string): never {
  throw new KeelsonError('append_invalid', `The unit of work ${what}`)
}
