import type { Command } from 'commander'
import { Config } from '../../config.ts'

type WithConnection = (command: Command) => Command

/** Commands about those of the tenant who sign removals, and their keys. */
export function addApprovers(keelson: Command, withConnection: WithConnection): void {
  const commands = () => import('./approver-actions.ts')
  const approvers = keelson.command('approvers').description('see and change who signs removals')
  withConnection(approvers.command('list'))
    .description('list approvers, also those who were revoked')
    .action(async flags => (await commands()).listCommand(new Config(flags).connection(), flags))
  withConsent(withConnection(approvers.command('register')))
    .description('register an approver; from the first one on nothing is removed without a signature')
    .argument('<key>', 'public key, as "keelson approver-key new" prints it')
    .option('--approvals-needed <number>', 'how many must sign a removal from now on')
    .action(async (key, flags) =>
      (await commands()).registerCommand(new Config(flags).connection(), key, flags),
    )
  withConsent(withConnection(approvers.command('revoke')))
    .description('revoke an approver')
    .argument('<name>', 'name of the approver')
    .action(async (name, flags) =>
      (await commands()).revokeCommand(new Config(flags).connection(), name, flags),
    )
  addKeys(keelson.command('approver-key').description("make an approver's key, without a server"))
}

/** Once there are approvers one of them agrees to each change. */
const withConsent = (command: Command): Command =>
  command
    .option('--sign-with <file>', 'private key of an approver who agrees; needed once there is one')
    .option('--yes', 'sign without being asked')

function addKeys(keys: Command): void {
  const commands = () => import('./key-actions.ts')
  const named = (command: Command) =>
    command
      .requiredOption('--name <name>', 'name of the approver; stays in the log')
      .option('--json', 'print one JSON object')
  named(keys.command('new'))
    .description('make a key pair; prints the public key to be registered')
    .requiredOption('--output <file>', 'file of the private key, for its owner only; never written over')
    .action(async flags => (await commands()).newKeyCommand(flags))
  named(keys.command('show'))
    .description('print the public key of a private one')
    .argument('<file>', 'private key: Ed25519 in PEM')
    .action(async (file, flags) => (await commands()).showKeyCommand(file, flags))
}
