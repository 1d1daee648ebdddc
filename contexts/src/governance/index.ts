import type { ContextDefinition } from 'keelson'
import { defineContext } from 'keelson'
import { PolicyDecisionRecorded } from './policy-decision-recorded.ts'

export { PolicyDecisionRecorded }

export const governance: ContextDefinition = defineContext({
  name: 'governance',
  events: [PolicyDecisionRecorded],
})
