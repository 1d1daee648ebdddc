import type { ContextDefinition } from 'keelson'
import { defineContext } from 'keelson'
import { SubscriptionActivated } from './subscription-activated.ts'

export { SubscriptionActivated }

export const saas: ContextDefinition = defineContext({ name: 'saas', events: [SubscriptionActivated] })
