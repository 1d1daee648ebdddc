import type { Command } from 'commander'
import { Option } from 'commander'
import { Config } from '../../config.ts'

type WithConnection = (command: Command) => Command

const collect = (value: string, values: string[] = []): string[] => [...values, value]

/** Commands about what is removed from the tenant's log, and what keeps it from being removed. */
export function addRemovals(keelson: Command, withConnection: WithConnection): void {
  const subjects = keelson.command('subjects').description('see what there is of a person')
  withSubject(withConnection(subjects.command('find')))
    .description('count the events, keys and copies that a subject has')
    .action(async (given, flags) =>
      (await import('./subject-command.ts')).findCommand(new Config(flags).connection(), given, flags),
    )
  addErasures(
    keelson.command('erasures').description("erase people's personal fields by destroying their keys"),
    withConnection,
  )
  addRedactions(keelson.command('redactions').description('take members out of an event'), withConnection)
  addHolds(keelson.command('holds').description('keep content from being removed'), withConnection)
  addRetention(
    keelson.command('retention').description('remove the content of events that are old enough'),
    withConnection,
  )
}

const actions = () => import('./removal-actions.ts')

/** Who it is never stands on the command line. */
const withSubject = (command: Command): Command =>
  command
    .argument('[from]', '- for standard input, as when nothing is given')
    .option('--subject-file <file>', 'file whose one line is the subject, instead of standard input')

const withWaiting = (command: Command): Command =>
  command.option('--no-wait', 'do not wait for its end').option('--quiet', 'no progress bar')

const withApprovers = (command: Command): Command =>
  withWaiting(command).addOption(
    new Option('--approver <name>', 'who is to sign (repeat for several)').argParser(collect),
  )

function addErasures(erasures: Command, withConnection: WithConnection): void {
  withApprovers(withSubject(withConnection(erasures.command('request'))))
    .description('ask for the erasure of a subject')
    .requiredOption('--basis <text>', 'rule or will that it is done for; stays in the log')
    .requiredOption('--request <text>', 'what it answers, such as a ticket; stays in the log')
    .action(async (given, flags) =>
      (await actions()).eraseCommand(new Config(flags).connection(), given, flags),
    )
  addKind('erasure', erasures, withConnection)
}

function addRedactions(redactions: Command, withConnection: WithConnection): void {
  withApprovers(withConnection(redactions.command('request')))
    .description('ask that members be taken out of an event')
    .argument('<event>', 'id of the event')
    .addOption(
      new Option('--pointer <pointer>', 'JSON Pointer below /payload or /metadata (repeat for several)')
        .argParser(collect)
        .makeOptionMandatory(),
    )
    .requiredOption('--reason <text>', 'why; stays in the log')
    .action(async (event, flags) =>
      (await actions()).redactCommand(new Config(flags).connection(), event, flags),
    )
  addKind('redaction', redactions, withConnection)
}

/** What both kinds of removal have. */
function addKind(kind: 'erasure' | 'redaction', group: Command, withConnection: WithConnection): void {
  const one = kind === 'erasure' ? 'an erasure' : 'a redaction'
  withConnection(group.command('list'))
    .description(`list ${kind}s, the newest first`)
    .option('--limit <number>', 'how many at the most', '50')
    .action(async flags => (await actions()).listCommand(new Config(flags).connection(), kind, flags))
  withConnection(group.command('show'))
    .description(`show how far ${one} is, and its receipt`)
    .argument('<id>', `id of the ${kind}`)
    .action(async (id, flags) =>
      (await actions()).showCommand(new Config(flags).connection(), kind, id, flags),
    )
  withWaiting(withConnection(group.command('approve')))
    .description(`sign ${one} with your key, which stays on this machine`)
    .argument('<id>', `id of the ${kind}`)
    .requiredOption('--sign-with <file>', 'private key of an approver: Ed25519 in PEM')
    .option('--yes', 'sign without being asked')
    .action(async (id, flags) =>
      (await actions()).approveCommand(new Config(flags).connection(), kind, id, flags),
    )
  withConnection(group.command('withdraw'))
    .description(`take ${one} back that has not begun to remove`)
    .argument('<id>', `id of the ${kind}`)
    .action(async (id, flags) =>
      (await actions()).withdrawCommand(new Config(flags).connection(), kind, id, flags),
    )
}

function addHolds(holds: Command, withConnection: WithConnection): void {
  const commands = () => import('./hold-actions.ts')
  withConnection(holds.command('list'))
    .description('list holds, also those that were released')
    .action(async flags => (await commands()).listCommand(new Config(flags).connection(), flags))
  withConnection(holds.command('set'))
    .description('keep everything, a stream or a subject from being removed')
    .option('--all', 'everything of the tenant')
    .option('--stream <name>', 'events of this stream')
    .option('--subject-file <file>', 'data of the subject that this file names; - for standard input')
    .requiredOption('--reason <text>', 'why; stays in the log')
    .action(async flags => (await commands()).setCommand(new Config(flags).connection(), flags))
  withConnection(holds.command('release'))
    .description('release a hold; what waited for it goes on')
    .argument('<id>', 'id of the hold')
    .requiredOption('--reason <text>', 'why; stays in the log')
    .action(async (id, flags) => (await commands()).releaseCommand(new Config(flags).connection(), id, flags))
}

function addRetention(retention: Command, withConnection: WithConnection): void {
  const commands = () => import('./retention-actions.ts')
  withConnection(retention.command('list'))
    .description('list retention policies')
    .action(async flags => (await commands()).listCommand(new Config(flags).connection(), flags))
  withConnection(retention.command('set'))
    .description('make or change a retention policy')
    .argument('<id>', '1 to 64 of a-z 0-9 . _ -')
    .requiredOption('--days <number>', 'days that events are kept at least')
    .option('--locked', 'it can only keep more and longer from now on')
    .addOption(new Option('--type <name>', 'only this type (repeat for any of several)').argParser(collect))
    .option('--sign-with <file>', 'private key of an approver who agrees; needed once there is one')
    .option('--yes', 'sign without being asked')
    .action(async (id, flags) => (await commands()).setCommand(new Config(flags).connection(), id, flags))
  withConnection(retention.command('apply'))
    .description('remove the content of events that a policy lets go')
    .argument('<id>', 'the policy')
    .option('--before <time>', 'only what was recorded before, RFC 3339')
    .option('--dry-run', 'only count it')
    .option('--yes', 'do not ask')
    .action(async (id, flags) => (await commands()).applyCommand(new Config(flags).connection(), id, flags))
}
