import type { Command } from 'commander'
import { Option } from 'commander'
import { Config } from '../config.ts'

type WithConnection = (command: Command) => Command

const causes = ['permanent', 'exhausted', 'expired', 'parked']
const collect = (value: string, values: string[] = []): string[] => [...values, value]

/** Commands about subscriptions, dead letters, replays and what a broker needs. Each loads what it needs when it runs. */
export function addDelivery(keelson: Command, withConnection: WithConnection): void {
  addSubscriptions(
    keelson.command('subscriptions').description('see, pause and resume subscriptions'),
    withConnection,
  )
  addDeadLetters(
    keelson.command('dead-letters').description('see, mend, replay and discard dead letters'),
    withConnection,
  )
  addReplays(
    keelson.command('replay').description('give events of the log to a subscription again'),
    withConnection,
  )
  addTopology(keelson.command('topology').description('what the transport needs on its broker'))
}

function addSubscriptions(subscriptions: Command, withConnection: WithConnection): void {
  const commands = () => import('./subscription-commands.ts')
  withConnection(subscriptions.command('list'))
    .description('list subscriptions with how far they are behind; LATER is what waits for its deliverAt')
    .action(async flags => (await commands()).listCommand(new Config(flags).connection(), flags))
  withConnection(subscriptions.command('show'))
    .description('show one subscription, also what it keeps until its deliverAt')
    .argument('<name>', 'name of the subscription')
    .action(async (name, flags) =>
      (await commands()).showCommand(new Config(flags).connection(), name, flags),
    )
  for (const verb of ['pause', 'resume'] as const)
    withConnection(subscriptions.command(verb))
      .description(verb === 'pause' ? 'hold a subscription back' : 'let a paused subscription go on')
      .argument('<name>', 'name of the subscription')
      .action(async (name, flags) =>
        (await commands()).holdCommand(new Config(flags).connection(), verb, name, flags),
      )
}

/** Which dead letters are meant. */
const withSelection = (command: Command): Command =>
  command
    .option('--fingerprint <text>', 'only this kind of error')
    .option('--type <name>', 'only events of this type')
    .addOption(new Option('--cause <word>', 'only what was set aside for this').choices(causes))
    .option('--ordering-key <key>', 'only events of this key')
    .option('--from <time>', 'set aside from, RFC 3339')
    .option('--to <time>', 'set aside before, RFC 3339')

const withIds = (command: Command): Command =>
  withSelection(command)
    .addOption(new Option('--id <number>', 'only this one (repeat for several)').argParser(collect))
    .option('--all', 'every dead letter of the subscription')

function addDeadLetters(letters: Command, withConnection: WithConnection): void {
  const reads = () => import('./dead-letter-commands.ts')
  const actions = () => import('./dead-letter-actions.ts')
  withSelection(withConnection(letters.command('list')))
    .description('list dead letters')
    .argument('[subscription]', 'only of this subscription')
    .option('--limit <number>', 'how many at the most', '50')
    .action(async (name, flags) => (await reads()).listCommand(new Config(flags).connection(), name, flags))
  withSelection(withConnection(letters.command('groups')))
    .description('count dead letters by the kind of their last error')
    .argument('[subscription]', 'only of this subscription')
    .action(async (name, flags) => (await reads()).groupsCommand(new Config(flags).connection(), name, flags))
  withConnection(letters.command('show'))
    .description('show a dead letter with its event and every try')
    .argument('<subscription>', 'name of the subscription')
    .argument('<id>', 'number of the dead letter')
    .action(async (name, id, flags) =>
      (await reads()).showCommand(new Config(flags).connection(), name, id, flags),
    )
  withConnection(letters.command('edit'))
    .description('give a dead letter another payload')
    .argument('<subscription>', 'name of the subscription')
    .argument('<id>', 'number of the dead letter')
    .requiredOption('--payload <file>', 'JSON file with the payload')
    .option('--if-match <etag>', 'only if it is still the one that was shown')
    .action(async (name, id, flags) =>
      (await actions()).editCommand(new Config(flags).connection(), name, id, flags),
    )
  withIds(withConnection(letters.command('replay')))
    .description('give dead letters back to their subscription')
    .argument('<subscription>', 'name of the subscription')
    .option('--rate <number>', 'events in a second at the most')
    .option('--dry-run', 'only say what would come of it')
    .option('--no-wait', 'do not wait for its end')
    .option('--quiet', 'no progress bar')
    .action(async (name, flags) =>
      (await actions()).replayCommand(new Config(flags).connection(), name, flags),
    )
  withIds(withConnection(letters.command('discard')))
    .description('give dead letters up for good')
    .argument('<subscription>', 'name of the subscription')
    .requiredOption('--reason <text>', 'why')
    .option('--dry-run', 'only say how many')
    .action(async (name, flags) =>
      (await actions()).discardCommand(new Config(flags).connection(), name, flags),
    )
  withConnection(letters.command('unpark'))
    .description('let a key go on that stands still behind a dead letter')
    .argument('<subscription>', 'name of the subscription')
    .argument('<ordering-key>', 'the key')
    .option('--skip', 'without the event that stopped it')
    .action(async (name, key, flags) =>
      (await actions()).unparkCommand(new Config(flags).connection(), name, key, flags),
    )
}

function addReplays(replay: Command, withConnection: WithConnection): void {
  const commands = () => import('./replay-commands.ts')
  withConnection(replay.command('start'))
    .description('begin a replay; handlers have no side effects unless they may')
    .argument('<subscription>', 'name of the subscription')
    .option('--from <place>', 'position or RFC 3339 time, inclusive; default the beginning')
    .option('--to <place>', 'position, inclusive, or RFC 3339 time, exclusive; default now')
    .addOption(new Option('--type <name>', 'only this type (repeat for any of several)').argParser(collect))
    .addOption(new Option('--topic <name>', 'only this topic (repeat for any of several)').argParser(collect))
    .option('--filter <text>', 'only what passes this filter')
    .option('--rate <number>', 'events in a second at the most')
    .option('--with-side-effects', 'handlers may have effects beyond their own data')
    .option('--dry-run', 'only count')
    .option('--no-wait', 'do not wait for its end')
    .option('--quiet', 'no progress bar')
    .action(async (name, flags) =>
      (await commands()).startCommand(new Config(flags).connection(), name, flags),
    )
  withConnection(replay.command('list'))
    .description('list replays, of the log and of dead letters, the newest first')
    .option('--limit <number>', 'how many at the most', '50')
    .action(async flags => (await commands()).listCommand(new Config(flags).connection(), flags))
  withConnection(replay.command('show'))
    .description('show a replay and how far it has come')
    .argument('<id>', 'id of the replay')
    .action(async (id, flags) => (await commands()).showCommand(new Config(flags).connection(), id, flags))
  const verbs = {
    pause: 'hold a replay back',
    resume: 'let a paused replay go on',
    abort: 'end a replay; what was replayed stays so',
  } as const
  for (const verb of ['pause', 'resume', 'abort'] as const)
    withConnection(replay.command(verb))
      .description(verbs[verb])
      .argument('<id>', 'id of the replay')
      .action(async (id, flags) =>
        (await commands()).steerCommand(new Config(flags).connection(), verb, id, flags),
      )
}

function addTopology(topology: Command): void {
  const commands = () => import('./topology-commands.ts')
  for (const verb of ['diff', 'apply'] as const)
    topology
      .command(verb)
      .description(
        verb === 'diff'
          ? 'compare what the broker has with what it should have'
          : 'make and mend what it lacks',
      )
      .option(
        '--transport <address>',
        'embedded, nats://… or a Service Bus (better by KEELSON_TRANSPORT_URL)',
      )
      .option(
        '--transport-name <name>',
        'what streams or topics at the broker begin with (KEELSON_TRANSPORT_NAME, default keelson)',
      )
      .option('--database <url>', 'PostgreSQL database of the server (better as KEELSON_DATABASE_URL)')
      .option('--json', 'print JSON, one object a line')
      .action(async flags => (await commands()).topologyCommand(new Config(flags), verb, flags))
}
