import type { Command } from 'commander'
import { Config } from '../config.ts'

type Flags = Readonly<Record<string, unknown>>

// These bring the engine with them, and so they are loaded late too.
const places = () => import('./place.ts')
const storeOf = async (flags: Flags) => (await places()).settledPlace(new Config(flags))
const withArchive = async <Given extends Flags>(flags: Given) =>
  (await import('./archive.ts')).settledArchive(flags)

/** Commands that work on a store itself, beside a server or without one. Each loads what it needs when it runs. */
export function addOperations(keelson: Command): void {
  withStore(keelson.command('doctor'))
    .description('check a store: numbers, chains, hashes, all that points at events, keys and signed logs')
    .option('--archive <place>', 'check this archive too: folder or Azure container (KEELSON_ARCHIVE)')
    .option('--keys <place>', 'what wraps the keys, as the server has it (KEELSON_KEYS)')
    .option('--json', 'print one JSON object')
    .option('--quiet', 'no progress bar')
    .action(async flags =>
      (await import('./doctor-command.ts')).doctorCommand(
        await storeOf(flags),
        await withArchive(flags),
        new Config(flags).logOptions(),
      ),
    )
  keelson
    .command('move')
    .description('copy a store to another database, with everything as it is')
    .requiredOption('--from <place>', 'folder of data, file of a database, or postgres:// URL')
    .requiredOption('--to <place>', 'the same; empty, or where this move was begun')
    .option('--json', 'print one JSON object')
    .option('--quiet', 'no progress bar')
    .action(async flags => {
      const { placeOf } = await places()
      await (await import('./move-command.ts')).moveCommand(placeOf(flags.from), placeOf(flags.to), flags)
    })
  withStore(keelson.command('backup'))
    .description('copy the database of a data folder to a file, also while a server runs')
    .requiredOption('--output <file>', 'file to make; never written over')
    .option('--json', 'print one JSON object')
    .option('--quiet', 'no progress bar')
    .action(async flags => (await import('./backup-command.ts')).backupCommand(await storeOf(flags), flags))
  addTenants(keelson.command('tenants').description('list, make, export and delete tenants'))
  addStreams(keelson.command('streams').description('list, seal, archive and delete streams of a tenant'))
}

function withStore(command: Command): Command {
  return command
    .option('--data-dir <folder>', 'folder of the database, or its file (KEELSON_DATA_DIR, default .keelson)')
    .option('--database <url>', 'PostgreSQL database (better as KEELSON_DATABASE_URL)')
}

function addTenants(tenants: Command): void {
  const commands = () => import('./tenants-command.ts')
  withStore(tenants.command('list'))
    .description('list tenants with the number of their events')
    .option('--json', 'print JSON, one object a line')
    .action(async flags => (await commands()).listTenantsCommand(await storeOf(flags), flags))
  withStore(tenants.command('create'))
    .description('make a tenant')
    .argument('<id>', '1 to 64 of a-z 0-9 -')
    .option('--name <name>', 'name for people; default the id')
    .option('--key', "make an administrator's key and print it once")
    .option('--keep-unknown-types', 'keep events of types that the catalogue does not know')
    .option('--json', 'print one JSON object')
    .action(async (id, flags) => (await commands()).createTenantCommand(await storeOf(flags), id, flags))
  withStore(tenants.command('export'))
    .description('write all that there is of a tenant as NDJSON')
    .argument('<id>', 'the tenant')
    .requiredOption('--output <file>', 'file to make, or - for standard output')
    .option('--archive <place>', 'archive, for events whose content lies there (KEELSON_ARCHIVE)')
    .option('--quiet', 'no progress bar')
    .action(async (id, flags) =>
      (await import('./export-command.ts')).exportTenantCommand(
        await storeOf(flags),
        id,
        await withArchive(flags),
      ),
    )
  withStore(tenants.command('delete'))
    .description('remove all that there is of a tenant, for good')
    .argument('<id>', 'the tenant')
    .option('--yes', 'do not ask')
    .option('--archive <place>', 'archive, to remove what lies there too (KEELSON_ARCHIVE)')
    .option('--keys <place>', 'what wraps the keys, as the server has it (KEELSON_KEYS)')
    .option('--compact', 'rewrite the file afterwards, so that no freed page holds anything')
    .option('--json', 'print one JSON object')
    .action(async (id, flags) =>
      (await commands()).deleteTenantCommand(await storeOf(flags), id, {
        ...(await withArchive(flags)),
        sealing: new Config(flags).logOptions(),
      }),
    )
}

function addStreams(streams: Command): void {
  const commands = () => import('./streams-command.ts')
  const ofTenant = (name: string) =>
    withStore(streams.command(name)).requiredOption('--tenant <id>', 'tenant whose streams they are')
  ofTenant('list')
    .description('list streams in the order in which they began')
    .option('--prefix <text>', 'only names that begin so')
    .option('--state <state>', 'only open, sealed or tombstoned ones')
    .option('--json', 'print JSON, one object a line')
    .action(async flags => (await commands()).listStreamsCommand(await storeOf(flags), flags))
  ofTenant('info')
    .description('show a stream')
    .argument('<stream>', 'its name')
    .option('--json', 'print one JSON object')
    .action(async (stream, flags) =>
      (await commands()).streamInfoCommand(await storeOf(flags), stream, flags),
    )
  ofTenant('seal')
    .description('close a stream for good, with its count and hash in the log')
    .argument('<stream>', 'its name')
    .option('--reason <text>', 'why')
    .option('--json', 'print one JSON object')
    .action(async (stream, flags) =>
      (await commands()).sealStreamCommand(await storeOf(flags), stream, flags),
    )
  ofTenant('archive')
    .description('move the content of a sealed stream to an archive')
    .argument('<stream>', 'its name')
    .option('--archive <place>', 'folder or Azure container of archived events (KEELSON_ARCHIVE)')
    .option('--json', 'print one JSON object')
    .action(async (stream, flags) =>
      (await commands()).archiveStreamCommand(await storeOf(flags), stream, await withArchive(flags)),
    )
  ofTenant('tombstone')
    .description('delete a stream: nobody reads or writes it any more')
    .argument('<stream>', 'its name')
    .requiredOption('--reason <text>', 'why; kept in the log')
    .option('--yes', 'do not ask')
    .option('--json', 'print one JSON object')
    .action(async (stream, flags) =>
      (await commands()).tombstoneStreamCommand(await storeOf(flags), stream, flags),
    )
  ofTenant('scavenge')
    .description('remove the content that tombstones and metadata have left behind')
    .option('--dry-run', 'only count it')
    .option('--archive <place>', 'archive, to remove what lies there too (KEELSON_ARCHIVE)')
    .option('--compact', 'rewrite the file afterwards, so that no freed page holds anything')
    .option('--json', 'print one JSON object')
    .option('--keys <place>', 'what wraps the keys, as the server has it (KEELSON_KEYS)')
    .action(async flags =>
      (await commands()).scavengeCommand(await storeOf(flags), {
        ...(await withArchive(flags)),
        sealing: new Config(flags).logOptions(),
      }),
    )
}
