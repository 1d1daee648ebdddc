import type { Command } from 'commander'

/** Commands about schemas in files; they need neither a server nor a store. */
export function addSchema(keelson: Command): void {
  keelson
    .command('schema')
    .description('compare JSON Schemas in files')
    .command('check')
    .description('say whether a schema may follow others; exit code 1 where it may not')
    .argument('<schemas...>', 'older schemas or folders of them, oldest first, and last the new one')
    .option('--mode <mode>', 'backward, forward or full, each also with _transitive', 'full')
    .option('--strict', 'take the schemas as they are written, also where they are closed')
    .option('--json', 'print one JSON object')
    .action(async (schemas, flags) => (await import('./check-command.ts')).checkSchemas(schemas, flags))
}
