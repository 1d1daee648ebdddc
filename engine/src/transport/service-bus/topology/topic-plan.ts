/** A topic of the catalogue and the types that are published on it. */
export interface TopicPlan {
  readonly name: string
  readonly types: readonly string[]
}

/** What belongs to no topic of the plan goes here. */
export const commonTopic = 'events'

/** Where events go, and where a subscription has to listen. */
export interface TopicMap {
  /** All there are. */
  readonly names: readonly string[]
  /** Those of a type, at least one. */
  topicsOf(eventType: string): readonly string[]
  /** Those on which a subscription's events can be. */
  listening(wanted: {
    readonly types?: readonly string[]
    readonly topics?: readonly string[]
  }): readonly string[]
}

export function createTopicMap(plans: readonly TopicPlan[]): TopicMap {
  const byType = new Map<string, string[]>()
  for (const { name, types } of plans)
    for (const type of types) byType.set(type, [...(byType.get(type) ?? []), name])
  const names = [...new Set([...plans.map(({ name }) => name), commonTopic])]
  const topicsOf = (type: string): readonly string[] => byType.get(type) ?? [commonTopic]
  return {
    names,
    topicsOf,
    listening({ types, topics }) {
      if (topics !== undefined) return names.filter(name => topics.includes(name))
      if (types === undefined) return names
      const carrying = new Set(types.map(type => topicsOf(type)[0]))
      return names.filter(name => carrying.has(name))
    },
  }
}

/** Of an event on several topics one copy counts: that on the first topic which the subscription listens to. */
export const isCounted = (
  map: TopicMap,
  eventType: string,
  topic: string,
  listening: readonly string[],
): boolean => map.topicsOf(eventType).find(name => listening.includes(name)) === topic
