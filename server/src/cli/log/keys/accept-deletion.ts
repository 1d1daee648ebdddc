import type { LogMemory } from 'keelson/notary'
import { lostLogs, noteDeletedLogs } from 'keelson/notary'
import { headFileOf } from '../../../start/open-keys.ts'
import type { Config } from '../../config.ts'
import { printable, printableJson } from '../../event-line.ts'
import { CommandFailure } from '../../exit-code.ts'
import { confirmName } from '../../operations/ask.ts'
import { openStore } from '../../operations/open-place.ts'
import { settledPlace } from '../../operations/place.ts'
import { counted } from '../words.ts'
import { keyTenants } from './key-tenants.ts'
import { keyOptions } from './open-ring.ts'
import { rememberedHeads } from './remembered-heads.ts'

/**
 * Notes afterwards that logs which are remembered went with their tenant, as where an older version deleted it: beside a
 * server or without one. What it accepts is shown before it is asked for.
 *
 * @throws CommandFailure where nothing is remembered of a log of the tenant that is not there.
 */
export async function acceptDeletionCommand(
  config: Config,
  tenant: string,
  { json, yes }: { readonly json?: boolean; readonly yes?: boolean },
): Promise<void> {
  const place = settledPlace(config)
  await using store = await openStore(place)
  const file = headFileOf(keyOptions(config, place))
  const lost = await lostLogs(store.it, tenant, (await rememberedHeads(store.it, file)).heads)
  if (lost.length === 0)
    throw new CommandFailure(
      `Neither ${file} nor the platform's own log has a log of "${tenant.slice(0, 100)}" that is gone without a deletion`,
    )
  const isThere = (await keyTenants(store.it, place)).includes(tenant)
  const shown = [
    ...lost.map(lineOf),
    isThere ? `There is a tenant "${tenant}" today.` : 'The tenant is not there.',
  ]
  if (!json) process.stdout.write(shown.map(line => `${printable(line)}\n`).join(''))
  await confirmName(
    tenant,
    'Nobody is told any more that this was signed and is gone.\nType the name of the tenant to go on: ',
    yes === true,
  )
  await noteDeletedLogs(
    store.it,
    tenant,
    lost.map(({ keyId }) => keyId),
  )
  process.stdout.write(
    json
      ? `${printableJson({ tenant, isThere, logs: lost })}\n`
      : `Noted that ${counted(lost.length, 'log')} went with the tenant.\n`,
  )
}

const lineOf = ({ keyId, size, root }: LogMemory): string =>
  `Log of key ${keyId}: signed up to ${size} leaves, root ${root}`
