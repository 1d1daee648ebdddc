import type { ContextDefinition } from 'keelson'
import { defineContext } from 'keelson'
import { logEvents, tenantLogTopic } from 'keelson/notary'

/** What is done to the logs of tenants; the engine's notary defines these events and writes them itself. */
export const tenantLog: ContextDefinition = defineContext({
  name: 'tenant-log',
  events: logEvents,
  topics: [tenantLogTopic],
})
