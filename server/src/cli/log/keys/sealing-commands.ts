import type { Command } from 'commander'
import { Config } from '../../config.ts'

/** Commands that check and rotate the keys of a store, beside a server or without one. */
export function addSealingKeys(keelson: Command): void {
  const commands = () => import('./sealing-actions.ts')
  const keys = keelson
    .command('sealing-keys')
    .description('check and rotate the keys that personal fields are sealed with')
  const withKeys = (name: string) =>
    keys
      .command(name)
      .option(
        '--data-dir <folder>',
        'folder of the database, or its file (KEELSON_DATA_DIR, default .keelson)',
      )
      .option('--database <url>', 'PostgreSQL database (better as KEELSON_DATABASE_URL)')
      .option('--keys <place>', 'file or key vault (KEELSON_KEYS, default master.key in the data folder)')
      .option('--json', 'print JSON, one object a line')
  withKeys('check')
    .description('see that every key is there and can be opened')
    .option('--tenant <id>', 'only those of this tenant')
    .action(async flags => (await commands()).checkCommand(new Config(flags), flags))
  withKeys('rotate')
    .description("wrap a tenant's keys under a new key of the tenant; what is sealed stays as it is")
    .requiredOption('--tenant <id>', 'the tenant')
    .option('--quiet', 'no progress bar')
    .action(async flags => (await commands()).rotateCommand(new Config(flags), flags))
  withKeys('rewrap')
    .description('wrap the keys of all tenants under the newest root key')
    .option('--quiet', 'no progress bar')
    .action(async flags => (await commands()).rewrapCommand(new Config(flags), flags))
  withKeys('add-root')
    .description('add a new root key to the key file; then start the servers anew, and rewrap')
    .action(async flags => (await commands()).addRootCommand(new Config(flags), flags))
  withKeys('drop-old-roots')
    .description('keep only the newest root key in the key file; no server may run meanwhile')
    .option('--yes', 'do not ask')
    .option('--quiet', 'no progress bar')
    .action(async flags => (await commands()).dropOldRootsCommand(new Config(flags), flags))
}
