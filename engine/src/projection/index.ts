export type { Forgetting, ProjectionDefinition } from './define-projection.ts'
export { checkpointName, defineProjection } from './define-projection.ts'
export { forgetTenant } from './forget-tenant.ts'
export { runProjection } from './run-projection.ts'
