import type { ContextDefinition } from 'keelson'
import { defineContext } from 'keelson'
import { ActivateSubscription } from './command/activate-subscription.ts'
import { GenerateReport } from './command/generate-report.ts'
import { RegisterTenant } from './command/register-tenant.ts'
import { SendNotification } from './command/send-notification.ts'
import { ToggleFeatureFlag } from './command/toggle-feature-flag.ts'
import { AssignRole, InviteUser } from './command/user-commands.ts'
import { FeatureFlagToggled } from './event/feature-flag-toggled.ts'
import { NotificationSent } from './event/notification-sent.ts'
import { ReportGenerated } from './event/report-generated.ts'
import { SubscriptionActivated, SubscriptionCancelled } from './event/subscription-events.ts'
import { TenantRegistered, TenantSuspended } from './event/tenant-events.ts'
import { RoleAssigned, UserActivated, UserInvited } from './event/user-events.ts'
import { topics } from './topics.ts'

export {
  ActivateSubscription,
  AssignRole,
  FeatureFlagToggled,
  GenerateReport,
  InviteUser,
  NotificationSent,
  RegisterTenant,
  ReportGenerated,
  RoleAssigned,
  SendNotification,
  SubscriptionActivated,
  SubscriptionCancelled,
  TenantRegistered,
  TenantSuspended,
  ToggleFeatureFlag,
  UserActivated,
  UserInvited,
}

export const saas: ContextDefinition = defineContext({
  name: 'saas',
  events: [
    TenantRegistered,
    TenantSuspended,
    UserInvited,
    UserActivated,
    RoleAssigned,
    SubscriptionActivated,
    SubscriptionCancelled,
    FeatureFlagToggled,
    NotificationSent,
    ReportGenerated,
  ],
  commands: [
    RegisterTenant,
    InviteUser,
    AssignRole,
    ActivateSubscription,
    ToggleFeatureFlag,
    SendNotification,
    GenerateReport,
  ],
  topics,
})
