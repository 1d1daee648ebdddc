import type { CheckpointItem, LogCheckItem, LogStatusView } from '../api/log-types.ts'
import type { Tone } from '../delivery/mark.tsx'
import { countText, numberText } from '../delivery/words.ts'

/** A state in a word, what it means, and what to do where something is to be done. */
export interface StateWords {
  readonly tone: Tone
  readonly word: string
  readonly meaning: string
  readonly remedy?: string
}

export function stateWords(status: LogStatusView): StateWords {
  const { state, reason, hasQuorum, checkpoint, pending, lastCheck } = status
  if (state === 'forked')
    return {
      tone: 'bad',
      word: 'forked',
      meaning: `The log does not continue what was signed${reason ? `: ${reason}` : ''}. Nothing is signed any more.`,
      remedy:
        'Somebody or something has changed stored entries, or an old backup was restored. Keep the data as it is, export the checkpoints below, and compare them with a backup before anything else is written.',
    }
  if (lastCheck !== null && !lastCheck.isSound)
    return {
      tone: 'bad',
      word: 'not sound',
      meaning: 'The last check found that what is stored is not what was signed.',
      remedy:
        'See below what it found. Keep the data as it is, have keelson doctor name the damage, and compare with a backup; new events are stored and signed meanwhile.',
    }
  if (state === 'stopped')
    return {
      tone: 'warn',
      word: 'stopped',
      meaning: `This server does not sign the log${reason ? `: ${reason}` : ''}. Events are still stored, and wait for a signature.`,
      remedy: 'Look at the log of the server, and start it again.',
    }
  if (checkpoint !== null && !hasQuorum)
    return {
      tone: 'warn',
      word: 'quorum missing',
      meaning: 'Fewer witnesses have signed the newest checkpoint than the policy asks for.',
      remedy:
        'The checkpoint stands, but an outsider who follows the policy refuses it. See whether the witnesses can be reached; they are asked again, ever more rarely, and at once for the next checkpoint.',
    }
  if (state === 'standby')
    return {
      tone: 'mute',
      word: 'standby',
      meaning: 'Another server signs this log; this one takes over when that one is gone.',
    }
  if (checkpoint === null && pending === 0)
    return {
      tone: 'mute',
      word: 'empty',
      meaning: 'There is nothing to sign yet: the log has no entry.',
    }
  if (checkpoint === null)
    return { tone: 'work', word: 'not signed yet', meaning: 'The first checkpoint comes within a second.' }
  return { tone: 'ok', word: 'signed', meaning: 'New events are signed as they come.' }
}

export interface CheckWords {
  readonly tone: Tone
  readonly text: string
}

/** What a check says, while it runs and when it has ended. */
export function checkWords({ state, isSound, size, index, reason, done, total }: LogCheckItem): CheckWords {
  if (state === 'running')
    return {
      tone: 'work',
      text:
        total === null
          ? `${countText(done, 'entry', 'entries')} checked`
          : `${numberText(done)} of ${countText(total, 'entry', 'entries')} checked`,
    }
  if (state === 'interrupted') return { tone: 'warn', text: 'It was cut off before its end: start it again.' }
  if (state === 'failed')
    return { tone: 'warn', text: `The check could not be done: ${reason ?? 'no reason was given'}` }
  if (isSound === true)
    return {
      tone: 'ok',
      text: `All ${countText(size ?? 0, 'entry', 'entries')} are as they were signed.`,
    }
  return {
    tone: 'bad',
    text: `${index === null ? 'The log' : `Entry ${numberText(index)}`} is not as it was signed: ${reason ?? 'no reason was given'}`,
  }
}

/** Bytes that an entry has in a bundle, more or less: leaf, body, blind, its share of the tiles. */
const bytesOfEntry = 1_700

/** `about 2.4 MB`; what an export of so many entries comes to. */
export function bundleSizeText(entries: number): string {
  const bytes = entries * bytesOfEntry + 8_000
  const [unit, size] =
    bytes >= 1e9 ? ['GB', bytes / 1e9] : bytes >= 1e6 ? ['MB', bytes / 1e6] : ['kB', bytes / 1e3]
  return `about ${Number(size.toPrecision(2)).toLocaleString('en')} ${unit}`
}

/** A kept checkpoint, and how many entries it covers beyond the one before. */
export interface CheckpointRow extends CheckpointItem {
  readonly added: number | undefined
}

/** `items` from the newest to the oldest; of the last the one before is known only where the list ends with it. */
export const checkpointRows = (
  items: readonly CheckpointItem[],
  isWhole: boolean,
): readonly CheckpointRow[] =>
  items.map((item, at) => {
    const before = items[at + 1]
    const added = before ? item.size - before.size : isWhole ? item.size : undefined
    return { ...item, added }
  })
