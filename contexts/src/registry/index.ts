import type { ContextDefinition } from 'keelson'
import { catalogTopic, defineContext, registryEvents } from 'keelson'

/** What happens to registered schemas; the engine's registry defines these events and writes them itself. */
export const registry: ContextDefinition = defineContext({
  name: 'registry',
  events: registryEvents,
  topics: [catalogTopic],
})
