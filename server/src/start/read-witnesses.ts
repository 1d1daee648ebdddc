import { readFileSync } from 'node:fs'
import { KeelsonError } from 'keelson'
import type { WitnessAddress } from 'keelson/notary'

/** Characters that the file may have. */
const longest = 100_000

/**
 * Reads who witnesses the logs: a line `witness KEY URL` for each, with its verifier key, and with the ids of tenants behind
 * it where it knows these logs alone; and one `quorum N` with how many of them must sign a checkpoint (of a log that
 * fewer know, as many). Lines that begin with # are remarks.
 *
 * @throws KeelsonError `request_invalid` naming the line that is wrong.
 */
export function readWitnesses(path: string | undefined): {
  readonly witnesses: readonly WitnessAddress[]
  readonly quorum: number
} {
  const witnesses: WitnessAddress[] = []
  let quorum = 0
  for (const [at, line] of path === undefined ? [] : read(path).split('\n').entries()) {
    const [word = '', first = '', second = '', ...more] = line.trim().split(/\s+/)
    if (word === '' || word.startsWith('#')) continue
    if (word === 'quorum' && /^\d{1,3}$/.test(first) && second === '') quorum = Number(first)
    else if (word === 'witness' && /^https?:\/\//.test(second) && URL.canParse(second))
      witnesses.push({ key: first, url: second, ...(more.length > 0 && { tenants: more }) })
    else
      throw new KeelsonError(
        'request_invalid',
        `Line ${at + 1} of the witnesses is neither "witness KEY URL [TENANT …]" nor "quorum N"`,
      )
  }
  if (quorum > witnesses.length)
    throw new KeelsonError(
      'request_invalid',
      `The quorum is ${quorum}, but the file names ${witnesses.length} witnesses`,
    )
  return { witnesses, quorum }
}

function read(path: string): string {
  try {
    const text = readFileSync(path, 'utf8')
    if (text.length <= longest) return text
  } catch (error) {
    throw new KeelsonError('request_invalid', `The file ${path} of the witnesses cannot be read`, {}, error)
  }
  throw new KeelsonError(
    'request_invalid',
    `The file ${path} of the witnesses is longer than ${longest} characters`,
  )
}
