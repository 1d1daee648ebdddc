import { Command, Option } from 'commander'
import { serverVersion } from '../start/version.ts'
import { addCatalog } from './catalog/catalog-commands.ts'
import { Config } from './config.ts'
import { addDelivery } from './delivery/delivery-commands.ts'
import { addLog } from './log/log-commands.ts'
import { addOperations } from './operations/operation-commands.ts'
import { addExport } from './proof/export-bundle-commands.ts'
import { addVerify } from './proof/verify-commands.ts'
import { addWitness } from './proof/witness-command.ts'
import { addSchema } from './schema/schema-commands.ts'
import { hearStop } from './stop-request.ts'

const collect = (value: string, values: string[] = []): string[] => [...values, value]

function withConnection(command: Command): Command {
  return command
    .option('--url <url>', 'server to talk to (KEELSON_URL)')
    .option('--api-key-file <file>', 'file that holds the API key (or KEELSON_API_KEY)')
    .option('--tenant <id>', 'tenant to act for, with a platform key (KEELSON_TENANT)')
    .option('--json', 'print JSON, one object a line')
}

function withFilters(command: Command): Command {
  const filters = ['type', 'actor', 'action', 'resource', 'outcome', 'source', 'stream', 'correlation-id']
  for (const name of filters)
    command.addOption(
      new Option(
        `--${name} <value>`,
        `only this ${name.replace('-', ' ')} (repeat for any of several)`,
      ).argParser(collect),
    )
  return command
}

/** All commands with their flags; what they do is loaded when it is asked for. */
export function program(): Command {
  const keelson = new Command('keelson')
    .description('An event platform for multi-tenant products.')
    .version(serverVersion())
    .enablePositionalOptions()
    .exitOverride()
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      '\nExit codes: 0 ok, 1 failed, 2 usage, 3 not found, 4 not allowed, 5 conflict, 6 unavailable.',
    )
  keelson
    .command('start')
    .description('run the server with its console')
    .option('--host <address>', 'address to listen on (KEELSON_HOST, default 127.0.0.1)')
    .option('--port <number>', 'port to listen on (KEELSON_PORT, default 4680)')
    .option('--data-dir <folder>', 'folder of the database (KEELSON_DATA_DIR, default .keelson)')
    .option('--durability <level>', 'fsync or relaxed (KEELSON_DURABILITY, default fsync)')
    .option('--max-bytes <number>', 'largest size of the database (KEELSON_MAX_BYTES)')
    .option(
      '--database <url>',
      'PostgreSQL instead of a file; with a password better by KEELSON_DATABASE_URL',
    )
    .option('--shards <number>', 'shards of a new PostgreSQL store (KEELSON_SHARDS, default 1)')
    .option('--pool-size <number>', 'connections to PostgreSQL (KEELSON_POOL_SIZE, default 16)')
    .option('--archive <place>', 'folder or Azure container of archived events (KEELSON_ARCHIVE)')
    .option(
      '--transport <address>',
      'embedded, nats://… or a Service Bus; with a secret better by KEELSON_TRANSPORT_URL',
    )
    .option(
      '--transport-name <name>',
      'what streams or topics at the broker begin with (KEELSON_TRANSPORT_NAME, default keelson)',
    )
    .option(
      '--keys <place>',
      'file or key vault that wraps the keys (KEELSON_KEYS, default master.key in the data folder)',
    )
    .option('--log-name <name>', 'first part of the names of logs (KEELSON_LOG_NAME, default keelson.local)')
    .option('--witnesses <file>', 'policy that names witnesses of the logs (KEELSON_WITNESSES)')
    .option(
      '--timestamp-authority <url>',
      'stamps checkpoints with the time, RFC 3161 (KEELSON_TIMESTAMP_AUTHORITY)',
    )
    .option('--stop-within <seconds>', 'seconds that a stop may take (KEELSON_STOP_WITHIN, default 25)')
    .option('--empty', 'make no sample tenant at the first start')
    .option('--json', 'print one JSON object when ready')
    .option('--check', 'start, see that everything is in order, and stop')
    .action(async flags => {
      // What is said wrong is said before the server is loaded.
      const config = new Config(flags)
      const options = config.startOptions()
      const stopWithin = config.stopWithin()
      const isCheck = flags.check === true
      // A check that is told to stop has found nothing: it ends by the signal.
      const stop = isCheck ? new AbortController().signal : hearStop()
      await (await import('./start-command.ts')).startCommand(options, {
        isJson: flags.json === true,
        isCheck,
        processStart: processStart(),
        stop,
        stopWithin,
      })
    })
  withConnection(keelson.command('ingest'))
    .description('import files of other systems; running it twice adds nothing')
    .argument('[files...]', 'files, plain or gzip; - or none for standard input')
    .requiredOption('--format <name>', 'github, cloudtrail, kubernetes, cloudevents or keelson')
    .option('--source <name>', 'source that the events get')
    .option('--quiet', 'no progress bar')
    .action(async (files, flags) =>
      (await import('./ingest-command.ts')).ingestCommand(new Config(flags).connection(), files, flags),
    )
  withFilters(withConnection(keelson.command('query')))
    .description('find events, newest first')
    .argument('[words...]', 'words, "a phrase", begin*, -without')
    .option('--from <time>', 'occurred from, RFC 3339')
    .option('--to <time>', 'occurred before, RFC 3339')
    .option('--limit <number>', 'how many at the most', '50')
    .option('--by <time>', 'order by when events occurred or were recorded', 'occurred')
    .option('--ascending', 'oldest first')
    .action(async (words, flags) =>
      (await import('./query-command.ts')).queryCommand(new Config(flags).connection(), words, flags),
    )
  withFilters(withConnection(keelson.command('tail')))
    .description('follow events as they are stored')
    .argument('[words...]', 'words, "a phrase", begin*, -without')
    .option('--after <position>', 'begin after this position instead of now')
    .option('--topic <name>', 'only events of this topic, such as audit.storage')
    .action(async (words, flags) =>
      (await import('./tail-command.ts')).tailCommand(new Config(flags).connection(), words, flags),
    )
  addDelivery(keelson, withConnection)
  addOperations(keelson)
  addLog(keelson, withConnection)
  addExport(keelson, withConnection)
  addVerify(keelson, withConnection)
  addWitness(keelson)
  addCatalog(keelson)
  addSchema(keelson)
  return keelson
}

/** When the process began, in milliseconds since the epoch. */
const processStart = (): number => Date.now() - process.uptime() * 1000
