import type { LogCheckSummary, LogStatusView } from '../api/log-types.ts'
import { Tile, Tiles } from '../delivery/tile.tsx'
import { countText, numberText } from '../delivery/words.ts'
import { useNow } from '../time/context.tsx'
import { ago, agoText } from '../time/format.ts'
import { useOwnCheck } from './own-check.ts'

/** The numbers of the log. */
export function LogTiles({ status }: { readonly status: LogStatusView }) {
  const { size, pending, checkpoint, witnesses, missing, hasQuorum, isStamped, stampedAt } = status
  const own = useOwnCheck()
  const lastCheck = newest(status.lastCheck, own)
  const now = useNow()
  const since = (at: string) => agoText(Date.parse(at), now) ?? ago(Date.parse(at), now)
  return (
    <Tiles label="Numbers of the log">
      <Tile
        label="Signed leaves"
        hint="Every event and every record of what was done to the log is a leaf"
        value={numberText(size)}
        note={
          pending === 0
            ? size === 0
              ? 'the log is empty'
              : 'none waits'
            : `${numberText(pending)} ${pending === 1 ? 'waits' : 'wait'} for the next checkpoint`
        }
      />
      <Tile
        label="Newest checkpoint"
        value={checkpoint ? since(checkpoint.at) : '—'}
        note={checkpoint ? 'signed as events come' : pending === 0 ? 'nothing to sign yet' : 'on its way'}
      />
      <Tile
        label="Witnesses"
        hint="Others who have seen the newest checkpoint and signed that they have"
        value={numberText(witnesses.length)}
        note={witnessNote(witnesses, missing, hasQuorum)}
        tone={checkpoint !== null && !hasQuorum ? 'warn' : 'plain'}
      />
      <Tile
        label="Time stamp"
        hint="Of an outside authority, asked for once an hour"
        value={stampedAt === null ? 'none' : since(stampedAt)}
        note={
          stampedAt === null
            ? 'none is needed to verify'
            : `of ${isStamped ? 'the newest' : 'an earlier'} checkpoint`
        }
      />
      <Tile
        label="Last check"
        hint="Of all entries against the signed head"
        value={lastCheck ? (lastCheck.isSound ? 'sound' : 'not sound') : 'never'}
        note={
          lastCheck
            ? (lastCheck.reason ?? `${countText(lastCheck.size, 'entry', 'entries')}, ${since(lastCheck.at)}`)
            : checkpoint === null
              ? 'nothing to check yet'
              : 'verify it below'
        }
        tone={lastCheck && !lastCheck.isSound ? 'bad' : 'plain'}
      />
    </Tiles>
  )
}

const newest = (one: LogCheckSummary | null, other: LogCheckSummary | null): LogCheckSummary | null =>
  one !== null && other !== null && one.at > other.at ? one : (other ?? one)

function witnessNote(names: readonly string[], missing: readonly string[], hasQuorum: boolean): string {
  const without = missing.length === 0 ? '' : `without ${missing.join(', ')}`
  if (!hasQuorum) return ['fewer than the policy asks for', without].filter(text => text !== '').join(': ')
  const signed = names.length === 0 ? 'the policy asks for none' : names.join(', ')
  return [signed, without].filter(text => text !== '').join('; ')
}
