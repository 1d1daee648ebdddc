export type Permission =
  | 'events:read'
  | 'events:write'
  | 'schemas:read'
  | 'schemas:write'
  | 'schemas:manage'
  | 'keys:manage'
  | 'tenants:manage'
export type Role = 'platform-admin' | 'admin' | 'writer' | 'reader'

/** The one place that says what a role may do. */
export const permissionsOf: Readonly<Record<Role, readonly Permission[]>> = {
  'platform-admin': [
    'tenants:manage',
    'keys:manage',
    'events:read',
    'events:write',
    'schemas:read',
    'schemas:write',
    'schemas:manage',
  ],
  admin: ['keys:manage', 'events:read', 'events:write', 'schemas:read', 'schemas:write', 'schemas:manage'],
  // A producer looks up the schemas that it writes with, and registers its own.
  writer: ['events:write', 'schemas:read', 'schemas:write'],
  reader: ['events:read', 'schemas:read'],
}

/** Roles that a key of a tenant can have. */
export const tenantRoles = ['admin', 'writer', 'reader'] as const satisfies readonly Role[]
