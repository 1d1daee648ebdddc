import type { Command } from 'commander'
import { Option } from 'commander'
import { Config } from '../config.ts'

type WithConnection = (command: Command) => Command

const collect = (value: string, values: string[] = []): string[] => [...values, value]

const witnessHelp = `
Where the log has witnesses, up to ten seconds are waited for their signatures. Without enough of them the bundle is
made all the same and ends with 0, with a note on standard error ("hasQuorum": false in --json): it does not verify.`

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
    .addHelpText('after', witnessHelp)
    .action(async flags =>
      (await import('./export-bundle-command.ts')).exportBundleCommand(new Config(flags).connection(), flags),
    )
}
