import type { CatalogDocument } from '../catalog-document.ts'
import type { ChangelogEntry } from '../changelog/to-changelog.ts'
import { contextsOf } from '../group.ts'
import { eventPage } from './event-page.ts'
import { commandPage, contextPage, indexPage, topicPage } from './overview-pages.ts'
import { pathsOf } from './paths.ts'

/**
 * The catalogue as pages of Markdown by path: `README.md`, and one for each context, topic, event and command. The same
 * catalogue always gives the same pages. `changelogs` has those of events by type.
 */
export function toMarkdown(
  document: CatalogDocument,
  changelogs: ReadonlyMap<string, readonly ChangelogEntry[]> = new Map(),
): ReadonlyMap<string, string> {
  const paths = pathsOf(document)
  const events = new Map(document.events.map(event => [event.type, event]))
  const pages = new Map<string, string>([['README.md', indexPage(document, paths)]])
  for (const name of contextsOf(document)) pages.set(paths.context(name), contextPage(name, document, paths))
  for (const topic of document.topics) {
    pages.set(paths.topic(topic.name), topicPage(topic, document.events, paths))
  }
  for (const event of document.events) {
    pages.set(`events/${event.type}.md`, eventPage(event, paths, changelogs.get(event.type) ?? []))
  }
  for (const command of document.commands) {
    pages.set(`commands/${command.type}.md`, commandPage(command, events, paths))
  }
  return new Map([...pages].map(([path, text]) => [path, `${text}\n`]))
}
