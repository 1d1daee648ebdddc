import type { Command } from 'commander'
import { Option } from 'commander'
import { Config } from '../config.ts'

type WithConnection = (command: Command) => Command

const collect = (value: string, values: string[] = []): string[] => [...values, value]

/** `keelson export`: evidence of a tenant's log, over HTTP. */
export function addExport(keelson: Command, withConnection: WithConnection): void {
  withConnection(keelson.command('export'))
    .description("export evidence of the tenant's log, to verify without a server")
    .addOption(new Option('--format <name>', 'form of the export').choices(['bundle']).default('bundle'))
    .requiredOption('--output <folder>', 'folder to make; new or empty')
    .option('--from <index>', 'first leaf; default 0')
    .option('--to <index>', 'leaf behind the last one; default the size of the log')
    .option('--prev <size>', 'show that the log goes on from the head of this size')
    .addOption(
      new Option('--proof <event>', 'with the proof of this event (repeat for several)').argParser(collect),
    )
    .option('--no-personal', 'leave personal fields out')
    .option('--quiet', 'no progress bar')
    .action(async flags =>
      (await import('./export-bundle-command.ts')).exportBundleCommand(new Config(flags).connection(), flags),
    )
}
