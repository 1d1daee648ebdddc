export type { ApiKey, Tenant } from './directory.ts'
export { Directory } from './directory.ts'
export type { Permission, Role } from './role.ts'
export { permissionsOf, tenantRoles } from './role.ts'
