import { KeelsonError } from '../../../core/index.ts'
import type { UnitOfWork } from '../../../store/index.ts'
import type { Unit } from '../../unit.ts'
import type { Middleware } from '../handler.ts'

type Parts = Pick<UnitOfWork, 'appends' | 'documents' | 'bodies' | 'statements'>

/**
 * An event is handled for its own tenant only: one whose envelope names another than it came for is refused, and so is
 * what a handler adds for another tenant. Statements are not looked into.
 */
export const withTenantGuard: Middleware = next => (event, context) => {
  const { tenantId } = context.delivery
  if (event.tenantId !== tenantId) throw mismatch(event.tenantId, tenantId)
  return next(event, { ...context, unit: guardUnit(context.unit, tenantId) })
}

/** The unit, for what is of one tenant alone. */
export const guardUnit = (unit: Unit, tenantId: string): Unit => ({
  dialect: unit.dialect,
  write: (sql, params) => unit.write(sql, params),
  insert: (table, row) => unit.insert(table, row),
  add(parts) {
    const strange = tenantsOf(parts).find(one => one !== tenantId)
    if (strange !== undefined) throw mismatch(strange, tenantId)
    unit.add(parts)
  },
})

const tenantsOf = ({ appends = [], documents = [], bodies = [] }: Parts): readonly string[] =>
  [...appends, ...documents, ...bodies].map(part => part.tenantId)

const mismatch = (actual: string, expected: string): KeelsonError =>
  new KeelsonError('tenant_mismatch', `The event is of tenant "${expected}", not "${actual}"`)
