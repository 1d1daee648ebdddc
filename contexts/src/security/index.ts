import type { ContextDefinition } from 'keelson'
import { defineContext } from 'keelson'
import { PermissionChecked, PermissionConfigurationChanged, RoleRevoked } from './event/rbac-events.ts'
import { SecurityConfigurationChanged, SecurityPolicyEnforced } from './event/security-policy-events.ts'
import { ServiceStarted, ServiceStopped } from './event/service-events.ts'
import { LoginFailed, UserLoggedIn, UserLoggedOut } from './event/sign-in-events.ts'
import {
  HealthCheckFailed,
  PerformanceThresholdExceeded,
  UnhandledErrorOccurred,
} from './event/trouble-events.ts'
import { UserActivityRecorded } from './event/user-activity-recorded.ts'
import { topics } from './topics.ts'

export {
  HealthCheckFailed,
  LoginFailed,
  PerformanceThresholdExceeded,
  PermissionChecked,
  PermissionConfigurationChanged,
  RoleRevoked,
  SecurityConfigurationChanged,
  SecurityPolicyEnforced,
  ServiceStarted,
  ServiceStopped,
  UnhandledErrorOccurred,
  UserActivityRecorded,
  UserLoggedIn,
  UserLoggedOut,
}

export const security: ContextDefinition = defineContext({
  name: 'security',
  events: [
    UserLoggedIn,
    UserLoggedOut,
    LoginFailed,
    SecurityConfigurationChanged,
    SecurityPolicyEnforced,
    PermissionChecked,
    RoleRevoked,
    PermissionConfigurationChanged,
    UserActivityRecorded,
    ServiceStarted,
    ServiceStopped,
    HealthCheckFailed,
    UnhandledErrorOccurred,
    PerformanceThresholdExceeded,
  ],
  topics,
})
