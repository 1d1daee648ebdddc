/** Who asks for a permission. */
export interface PermissionSubject {
  readonly tenantId: string
  /** Undefined where nobody is known to act. */
  readonly userId: string | undefined
}

/** Says what somebody may do. */
export interface PermissionCheck {
  hasPermission(permission: string, subject: PermissionSubject): Promise<boolean>
}

/** The permission to emit an event from one tenant to another. */
export const crossTenantPermission = 'CrossTenantOperations'
