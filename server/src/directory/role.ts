export type Permission =
  | 'events:read'
  | 'events:write'
  | 'schemas:read'
  | 'schemas:write'
  | 'schemas:manage'
  | 'subscriptions:read'
  | 'subscriptions:consume'
  | 'subscriptions:manage'
  | 'dead-letters:read'
  | 'dead-letters:manage'
  | 'personal:read'
  | 'log:read'
  | 'log:manage'
  | 'removal:manage'
  | 'keys:manage'
  | 'tenants:manage'
export type Role = 'platform-admin' | 'admin' | 'writer' | 'reader' | 'observer' | 'consumer'

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
    'subscriptions:read',
    'subscriptions:consume',
    'subscriptions:manage',
    'dead-letters:read',
    'dead-letters:manage',
    'personal:read',
    'log:read',
    'log:manage',
    'removal:manage',
  ],
  admin: [
    'keys:manage',
    'events:read',
    'events:write',
    'schemas:read',
    'schemas:write',
    'schemas:manage',
    'subscriptions:read',
    'subscriptions:consume',
    'subscriptions:manage',
    'dead-letters:read',
    'dead-letters:manage',
    'personal:read',
    'log:read',
    'log:manage',
    'removal:manage',
  ],
  // A producer looks up the schemas that it writes with, and registers its own.
  writer: ['events:write', 'schemas:read', 'schemas:write'],
  reader: [
    'events:read',
    'personal:read',
    'schemas:read',
    'subscriptions:read',
    'dead-letters:read',
    'log:read',
  ],
  // Sees that something happened, and not whose data is in it: personal fields are digests.
  observer: ['events:read', 'schemas:read', 'log:read'],
  // What a service that handles events needs. A reader takes none away from it.
  consumer: [
    'events:read',
    'schemas:read',
    'subscriptions:read',
    'subscriptions:consume',
    'personal:read',
    'log:read',
  ],
}

/** Roles that a key of a tenant can have. */
export const tenantRoles = [
  'admin',
  'writer',
  'reader',
  'observer',
  'consumer',
] as const satisfies readonly Role[]
