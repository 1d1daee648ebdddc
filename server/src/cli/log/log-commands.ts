import type { Command } from 'commander'
import { Config } from '../config.ts'
import { addApprovers } from './approver/approver-commands.ts'
import { addSealingKeys } from './keys/sealing-commands.ts'
import { addRemovals } from './removal/removal-commands.ts'

type WithConnection = (command: Command) => Command

/** Commands about the tenant's log, what is removed from it, and its keys. Each loads what it needs when it runs. */
export function addLog(keelson: Command, withConnection: WithConnection): void {
  const commands = () => import('./log-command.ts')
  const log = keelson.command('log').description("see and sign the tenant's log, and fetch its proofs")
  withConnection(log.command('status'))
    .description('show how far the log is signed, and by whom; exit code 1 where it does not go on')
    .action(async flags => (await commands()).statusCommand(new Config(flags).connection(), flags))
  withConnection(log.command('checkpoint'))
    .description('print a signed head of the log')
    .option('--size <number>', 'that of this many leaves; default the newest')
    .option('--now', 'sign the log up to its end first')
    .option('--output <file>', 'file to write it to')
    .action(async flags => (await commands()).checkpointCommand(new Config(flags).connection(), flags))
  withConnection(log.command('checkpoints'))
    .description('list signed heads of the log, the newest first')
    .option('--limit <number>', 'how many at the most', '50')
    .action(async flags => (await commands()).checkpointsCommand(new Config(flags).connection(), flags))
  withConnection(log.command('policy'))
    .description('print the keys of the log and of its witnesses')
    .option('--output <file>', 'file to write it to')
    .action(async flags => (await commands()).policyCommand(new Config(flags).connection(), flags))
  withConnection(log.command('proof'))
    .description('print the proof that an event is in the log')
    .argument('<event>', 'id of the event')
    .option('--output <file>', 'file to write it to')
    .action(async (event, flags) =>
      (await commands()).proofCommand(new Config(flags).connection(), event, flags),
    )
  withConnection(log.command('rotate-key'))
    .description('sign the log with a new key from now on; the old one is destroyed')
    .option('--yes', 'do not ask')
    .action(async flags => (await commands()).rotateKeyCommand(new Config(flags).connection(), flags))
  withHeads(log.command('accept-heads'))
    .description(
      'put remembered heads aside that cannot be understood, so that the logs they may be of are signed',
    )
    .action(async flags =>
      (await import('./keys/accept-heads.ts')).acceptHeadsCommand(new Config(flags), flags),
    )
  withHeads(log.command('accept-deletion'))
    .description('note that remembered logs which are gone went with their tenant, which was deleted')
    .argument('<tenant>', 'the tenant')
    .option('--yes', 'do not ask')
    .action(async (tenant, flags) =>
      (await import('./keys/accept-deletion.ts')).acceptDeletionCommand(new Config(flags), tenant, flags),
    )
  addRemovals(keelson, withConnection)
  addApprovers(keelson, withConnection)
  addSealingKeys(keelson)
}

/** Where the heads are remembered that logs were signed with. */
function withHeads(command: Command): Command {
  return command
    .option('--data-dir <folder>', 'folder of the database, or its file (KEELSON_DATA_DIR, default .keelson)')
    .option('--database <url>', 'PostgreSQL database (better as KEELSON_DATABASE_URL)')
    .option('--keys <place>', 'file or key vault (KEELSON_KEYS, default master.key in the data folder)')
    .option('--json', 'print JSON')
}
