/** A channel that events are published on. */
export interface TopicDefinition {
  readonly name: string
  readonly summary: string
  /** Who publishes and who subscribes beyond what the events on it say. */
  readonly publishers?: readonly string[]
  readonly subscribers?: readonly string[]
}

/** @throws TypeError where the name is not made of lower-case words. */
export function defineTopic(definition: TopicDefinition): TopicDefinition {
  if (!/^[a-z][a-z0-9]*([.-][a-z0-9]+)*$/.test(definition.name) || definition.name.length > 100) {
    throw new TypeError(`The topic name ${JSON.stringify(definition.name)} is not made of lower-case words`)
  }
  if (definition.summary.trim() === '') throw new TypeError(`The topic ${definition.name} has no summary`)
  return Object.freeze(definition)
}
