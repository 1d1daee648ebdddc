import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Command } from 'commander'
import { CommandFailure, exitCodes } from '../exit-code.ts'

export interface WitnessFlags {
  readonly state: string
  readonly log: readonly string[]
  readonly listen: string
  readonly name?: string
  readonly json?: boolean
}

const collect = (value: string, values: string[] = []): string[] => [...values, value]

/** `keelson witness`: signs heads of logs for those who do not want to believe the log alone. */
export function addWitness(keelson: Command): void {
  keelson
    .command('witness')
    .description('sign heads of logs that only ever grow, for others to rely on (C2SP tlog-witness)')
    .requiredOption('--state <folder>', 'folder of the key and of what was signed; made at the first start')
    .requiredOption(
      '--log <key>',
      "verifier key of a log, of its policy's log lines (repeat for several)",
      collect,
    )
    .option('--listen <address>', 'host and port to listen on', '127.0.0.1:4690')
    .option('--name <name>', 'name of the witness, for a new key')
    .option('--json', 'print one JSON object when ready')
    .action(witnessCommand)
}

/** Runs a witness until SIGTERM or SIGINT. */
export async function witnessCommand(flags: WitnessFlags): Promise<void> {
  const { host, port } = addressOf(flags.listen)
  const { openWitness, witnessHandler } = await import('keelson/notary')
  const { state: folder, log: logs, name } = flags
  const witness = await openWitness({ folder, logs, ...(name === undefined ? {} : { name }) }).catch(
    (error: unknown) => {
      if (!(error instanceof TypeError)) throw error
      throw new CommandFailure(error.message, exitCodes.usage, error)
    },
  )
  const server = createServer(
    witnessHandler(witness, error => {
      process.stderr.write(`keelson: ${error instanceof Error ? error.message : 'the witness has failed'}\n`)
    }),
  )
  // A checkpoint is small: who sends one slowly keeps a connection from others.
  server.requestTimeout = 30_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  }).catch((error: unknown) => {
    throw new CommandFailure(
      `Nobody can listen on ${flags.listen}: ${(error as Error).message}`,
      exitCodes.unavailable,
    )
  })
  const stopped = new Promise<void>(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve)
  })
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`
  process.stdout.write(
    flags.json
      ? `${JSON.stringify({ url, key: witness.verifierKey })}\n`
      : `Signs heads of ${logs.length === 1 ? 'one log' : `${logs.length} logs`} on ${url}/add-checkpoint\nVerifier key: ${witness.verifierKey}\n`,
  )
  await stopped
  server.closeIdleConnections()
  await new Promise(resolve => server.close(resolve))
}

/** @throws CommandFailure with exit code 2. */
function addressOf(listen: string): { readonly host: string; readonly port: number } {
  const [, six, name, digits = ''] = /^(?:\[([0-9a-f:.]+)\]|([\w.-]+)):(\d{1,5})$/i.exec(listen) ?? []
  const host = six ?? name
  const port = Number(digits)
  if (host === undefined || port > 65_535)
    throw new CommandFailure(`"${listen}" is no host and port, such as 127.0.0.1:4690`, exitCodes.usage)
  return { host, port }
}
