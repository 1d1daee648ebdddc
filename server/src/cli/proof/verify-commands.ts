import type { Command } from 'commander'
import { Config } from '../config.ts'
import { CommandFailure, exitCodes } from '../exit-code.ts'

type WithConnection = (command: Command) => Command

/** `keelson verify`: a bundle here, or the log of a server. */
export function addVerify(keelson: Command, withConnection: WithConnection): void {
  withConnection(keelson.command('verify'))
    .description('verify an exported bundle, without a server; with --live the log of a server')
    .argument('[bundle]', 'folder, or a tar of it')
    .option('--against <file>', 'checkpoint that you have kept: the log must go on from it')
    .option('--policy <file>', 'keys that you know, instead of those in the bundle')
    .option('--live', 'have the server check its log')
    .option('--quiet', 'no progress bar')
    .action(async (bundle: string | undefined, flags) => {
      const isLive = flags.live === true
      if ((bundle === undefined) !== isLive)
        throw new CommandFailure('Name a bundle to verify, or give --live', exitCodes.usage)
      if (isLive)
        await (await import('./live-check-command.ts')).liveCheckCommand(
          new Config(flags).connection(),
          flags,
        )
      else await (await import('./verify-command.ts')).verifyCommand(bundle as string, flags)
    })
}
