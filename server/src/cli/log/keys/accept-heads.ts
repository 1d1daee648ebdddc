import { acceptHeads, damagedHeads } from 'keelson/notary'
import { headFileOf } from '../../../start/open-keys.ts'
import type { Config } from '../../config.ts'
import { printable, printableJson } from '../../event-line.ts'
import { settledPlace } from '../../operations/place.ts'
import { counted } from '../words.ts'
import { keyOptions } from './open-ring.ts'

/** Puts the lines of the file of remembered heads aside that cannot be understood, beside a server or without one. */
export async function acceptHeadsCommand(
  config: Config,
  { json }: { readonly json?: boolean },
): Promise<void> {
  const file = headFileOf(keyOptions(config, settledPlace(config)))
  const lines = await acceptHeads(file, new Date())
  const aside = damagedHeads(file)
  const text = `${counted(lines, 'line')} of ${file} put aside${lines === 0 ? '' : `, in ${aside}`}`
  process.stdout.write(
    json ? `${printableJson({ lines, file, aside: lines === 0 ? null : aside })}\n` : `${printable(text)}\n`,
  )
}
