import type { Command } from 'commander'
import { Config } from '../config.ts'

/** Commands about the catalogue: of this version of Keelson, or as a server has it with `--live`. */
export function addCatalog(keelson: Command): void {
  const catalog = keelson.command('catalog').description('show, compare and export events and commands')
  withSource(catalog.command('list'))
    .description('list event types, commands or topics')
    .option('--what <part>', 'events, commands, topics or all', 'events')
    .option('--kind <kind>', 'only domain, integration or system events, and what has to do with them')
    .option('--topic <name>', 'only what is on this topic')
    .option('--context <name>', 'only what this bounded context defines')
    .option('--search <words>', 'only what has these words in names, summaries, parties or fields')
    .option('--json', 'print JSON, one object a line')
    .action(async flags => (await import('./list-command.ts')).listCatalog(await sourceOf(flags), flags))
  withSource(catalog.command('show'))
    .description('show an event or command type with its fields and rules, or a topic')
    .argument('<name>', 'such as UserInvited')
    .option('--version <version>', 'the JSON Schema of this version')
    .option('--json', 'print one JSON object')
    .action(async (type, flags) =>
      (await import('./show-command.ts')).showType(await sourceOf(flags), type, flags),
    )
  withSource(catalog.command('export'))
    .description('write the catalogue in a format')
    .requiredOption(
      '--format <name>',
      'json, asyncapi, typescript, proto; as a folder markdown, jsonschema, avro, mermaid',
    )
    .option('--output <place>', 'file, or folder; standard output where the format is one file')
    .option('--context <name>', 'only this bounded context')
    .option('--force', 'write to a folder that has other things in it')
    .action(async flags => (await import('./export-command.ts')).exportCatalog(await sourceOf(flags), flags))
  withSource(catalog.command('diff'))
    .description(
      'compare versions of a type, or with an exported catalogue; exit code 1 where they do not fit',
    )
    .argument('[type]', 'event type')
    .argument('[from]', 'older version; default the last but one')
    .argument('[to]', 'newer version; default the newest')
    .option('--against <place>', 'exported JSON, or a folder of exported schemas')
    .option('--json', 'print JSON, one object a line')
    .action(async (type, from, to, flags) =>
      (await import('./diff-command.ts')).diffCatalog(await sourceOf(flags), type, from, to, flags),
    )
  withSource(keelson.command('codegen'))
    .description('write types for all events in a language')
    .requiredOption(
      '--lang <name>',
      'ts, python, go, csharp, java, kotlin, swift, rust, ruby, php, dart or cpp',
    )
    .option('--output <place>', 'file, or folder where the language needs several; default standard output')
    .action(async flags => (await import('./codegen-command.ts')).generateCode(await sourceOf(flags), flags))
}

function withSource(command: Command): Command {
  return command
    .option('--live', "ask the server, and see the tenant's own types too")
    .option('--url <url>', 'server to talk to (KEELSON_URL)')
    .option('--api-key-file <file>', 'file that holds the API key (or KEELSON_API_KEY)')
    .option('--tenant <id>', 'tenant to act for, with a platform key (KEELSON_TENANT)')
}

async function sourceOf(flags: Readonly<Record<string, unknown>>) {
  const { liveSource, offlineSource } = await import('./catalog-source.ts')
  return flags['live'] === true ? liveSource(new Config(flags).connection()) : offlineSource()
}
