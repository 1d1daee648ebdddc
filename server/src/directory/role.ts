export type Permission = 'events:read' | 'events:write' | 'keys:manage' | 'tenants:manage'
export type Role = 'platform-admin' | 'admin' | 'writer' | 'reader'

/** The one place that says what a role may do. */
export const permissionsOf: Readonly<Record<Role, readonly Permission[]>> = {
  'platform-admin': ['tenants:manage', 'keys:manage', 'events:read', 'events:write'],
  admin: ['keys:manage', 'events:read', 'events:write'],
  writer: ['events:write'],
  reader: ['events:read'],
}

/** Roles that a key of a tenant can have. */
export const tenantRoles = ['admin', 'writer', 'reader'] as const satisfies readonly Role[]
