import type { CatalogDocument } from '../catalog-document.ts'
import { contextsOf } from '../group.ts'
import { slug, uniqueNames } from '../unique-names.ts'
import { prose } from './markdown.ts'

/** Where each thing's page is, and links to it from a page that `up` leads out of. Links lead to pages that exist. */
export interface Paths {
  context(name: string): string
  topic(name: string): string
  eventLink(type: string, up: string): string
  commandLink(type: string, up: string): string
  topicLink(name: string, up: string): string
  contextLink(name: string, up: string): string
}

export function pathsOf(document: CatalogDocument): Paths {
  const events = new Set(document.events.map(event => event.type))
  const commands = new Set(document.commands.map(command => command.type))
  const topics = uniqueNames(
    document.topics.map(topic => topic.name),
    slug,
  )
  const contexts = uniqueNames(contextsOf(document), name => slug(name === '' ? 'other' : name))
  const link = (isThere: boolean, text: string, path: string) => (isThere ? `[${text}](${path})` : text)
  return {
    context: name => `contexts/${contexts.get(name)}.md`,
    topic: name => `topics/${topics.get(name)}.md`,
    eventLink: (type, up) => link(events.has(type), prose(type), `${up}events/${type}.md`),
    commandLink: (type, up) => link(commands.has(type), prose(type), `${up}commands/${type}.md`),
    topicLink: (name, up) => link(topics.has(name), prose(name), `${up}topics/${topics.get(name)}.md`),
    contextLink: (name, up) =>
      link(
        contexts.has(name),
        prose(name === '' ? 'Others' : name),
        `${up}contexts/${contexts.get(name)}.md`,
      ),
  }
}
