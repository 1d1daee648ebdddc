import type { CommandDocument, TopicDocument } from 'keelson'
import { fieldRows } from 'keelson'
import { block, exampleBlock, fact, fieldBlock, page, personalBlock } from './text-block.ts'

/** What the catalogue knows of a command, for the terminal. */
export function commandText(command: CommandDocument): string {
  return page([
    `${command.type} ${command.version} (command)`,
    command.summary,
    '',
    fact('context', command.context),
    fact('aggregate', command.aggregate),
    fact('permission', command.permission),
    fact('leads to', command.emits.join(', ')),
    ...fieldBlock(fieldRows(command.schema, command.personal)),
    ...block(
      'Refused',
      command.rejections.map(({ code, when }) => `${code}: ${when}`),
    ),
    ...block('Rules', command.rules),
    ...personalBlock(command.personal),
    ...exampleBlock(command.examples),
  ])
}

export function topicText(topic: TopicDocument): string {
  return page([
    `${topic.name} (topic)`,
    ...(topic.summary === '' ? [] : [topic.summary]),
    '',
    fact('context', topic.context),
    fact('publishers', topic.publishers.join(', ')),
    fact('subscribers', topic.subscribers.join(', ')),
    ...block('Events', topic.events),
  ])
}
