export type { ProjectionDefinition } from './define-projection.ts'
export { checkpointName, defineProjection } from './define-projection.ts'
export { runProjection } from './run-projection.ts'
