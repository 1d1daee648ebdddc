import type { TopologyDifference } from 'keelson'
import { shownTransport } from '../../start/transport-address.ts'
import { withTopology } from '../../start/transport-topology.ts'
import type { Config } from '../config.ts'
import { printable, printableJson } from '../event-line.ts'
import { CommandFailure, exitCodes } from '../exit-code.ts'
import { interruptible } from '../operations/interrupt.ts'

/**
 * Compares what the broker has with what it should have, or brings it in line.
 *
 * @throws CommandFailure with exit code 5 where differences are left that are more than extras.
 */
export async function topologyCommand(
  config: Config,
  verb: 'diff' | 'apply',
  { json = false }: { readonly json?: boolean },
): Promise<void> {
  const options = config.transportOptions()
  const address = options.transport
  const differences = await interruptible('The topology was left as it stands', signal =>
    withTopology(config.storeOptions(), options, topology => topology[verb](signal)),
  )
  if (differences === undefined) {
    const said = 'The embedded transport reads the log itself: there is nothing to make.'
    if (!json) process.stdout.write(`${said}\n`)
    return
  }
  for (const one of differences)
    process.stdout.write(json ? `${printableJson(one)}\n` : `${printable(toLine(one))}\n`)
  const wrong = differences.filter(({ kind }) => kind !== 'extra')
  const place = shownTransport(address)
  if (wrong.length === 0) {
    if (!json) process.stdout.write(`${place} has all that is needed.\n`)
    return
  }
  const what = verb === 'diff' ? 'differs from what is needed' : 'cannot be brought in line by itself'
  throw new CommandFailure(`${place} ${what} in ${wrong.length} places`, exitCodes.conflict)
}

function toLine({ kind, what, name, wanted, present }: TopologyDifference): string {
  const facts = [
    ...(wanted === undefined ? [] : [`wanted ${JSON.stringify(wanted)}`]),
    ...(present === undefined ? [] : [`is ${JSON.stringify(present)}`]),
  ]
  return `${kind.padEnd(9)}  ${what} ${name}${facts.length === 0 ? '' : `: ${facts.join(', ')}`}`
}
