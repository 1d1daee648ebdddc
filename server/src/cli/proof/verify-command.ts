import { open, readFile, stat } from 'node:fs/promises'
import type { AppliedPolicy, BundleSource, Failure, Verdict, VerifyProgress } from 'keelson/proof'
import { parseCheckpoint, parseNote, parsePolicy, verifyBundle } from 'keelson/proof'
import { printable, printableJson } from '../event-line.ts'
import { CommandFailure, exitCodes } from '../exit-code.ts'
import { Progress } from '../progress.ts'
import { folderSource } from './folder-source.ts'
import { tarSource } from './tar-source.ts'

export interface VerifyFlags {
  /** File of a checkpoint that was kept. */
  readonly against?: string
  /** File of a policy with keys that are known from elsewhere. */
  readonly policy?: string
  readonly json?: boolean
  readonly quiet?: boolean
}

const mostBytes = 1_000_000

/** Verifies a bundle in a folder or a tar, without a server and a network; fails where it does not verify. */
export async function verifyCommand(bundle: string, flags: VerifyFlags): Promise<void> {
  const { json = false, quiet = false } = flags
  const [policy, against] = await Promise.all([flags.policy, flags.against].map(readSmall))
  // A mix-up of files is a wrong use, and nothing that the bundle could be blamed for.
  refuseOther(flags.policy, policy, { kind: 'policy', parse: parsePolicy })
  refuseOther(flags.against, against, {
    kind: 'checkpoint',
    parse: note => parseCheckpoint(parseNote(note).text),
  })
  const progress = new Progress(undefined, quiet || json, 'events')
  const notes = { files: 'hashing files', entries: 'checking the tree', content: 'checking content' } as const
  const onProgress = ({ step, done, total }: VerifyProgress) => progress.update(done, notes[step], total)
  const verdict = await withSource(bundle, source =>
    verifyBundle(source, {
      ...(policy === undefined ? {} : { policy }),
      ...(against === undefined ? {} : { against }),
      onProgress,
    }),
  ).finally(() => progress.end())
  process.stdout.write(json ? `${printableJson(verdict)}\n` : verdictText(verdict))
  if (!verdict.isVerified) throw new CommandFailure('The bundle does not verify')
}

/** What a file with the proof of one event begins with. */
const proofStart = Buffer.from('c2sp.org/tlog-proof@')
const aloneProof =
  'This is the proof of one event, not a bundle. Export the event with it: keelson export --output FOLDER --from INDEX --to INDEX+1 --proof EVENT'

async function withSource(bundle: string, use: (source: BundleSource) => Promise<Verdict>): Promise<Verdict> {
  const found = await stat(bundle).catch(() => undefined)
  if (found?.isDirectory()) return use(folderSource(bundle))
  if (!found?.isFile()) throw new CommandFailure(`There is no bundle at ${bundle}`, exitCodes.usage)
  const file = await open(bundle)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(proofStart.length), 0, proofStart.length, 0)
    if (buffer.subarray(0, bytesRead).equals(proofStart))
      throw new CommandFailure(aloneProof, exitCodes.usage)
    return await use(tarSource(file))
  } finally {
    await file.close()
  }
}

async function readSmall(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined
  const size = await stat(path).then(
    found => (found.isFile() ? found.size : undefined),
    () => undefined,
  )
  if (size === undefined) throw new CommandFailure(`There is no file ${path}`, exitCodes.usage)
  if (size > mostBytes) throw new CommandFailure(`${path} is longer than any note or policy`, exitCodes.usage)
  return readFile(path, 'utf8')
}

interface FileKind {
  readonly kind: string
  /** Throws for a text that is none. */
  readonly parse: (text: string) => unknown
}

function refuseOther(path: string | undefined, text: string | undefined, { kind, parse }: FileKind): void {
  if (text === undefined) return
  try {
    parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new CommandFailure(`${path} is no ${kind}: ${reason}`, exitCodes.usage, error)
  }
}

const mostShown = 20

function verdictText({ isVerified, failures, failureCount, log, counts, policies }: Verdict): string {
  const range = rangeText(log)
  const lines = isVerified
    ? [
        `verified: ${log.origin}, ${range}`,
        `  root ${log.root}, signed by ${log.signedBy}`,
        `  ${numbers(counts)}`,
        log.witnesses.length === 0 ? '  no witness' : `  witnesses: ${log.witnesses.join(', ')}`,
        ...policies.map(policyLine),
        ...log.continues.map(size => `  goes on from the checkpoint of ${size} entries`),
        ...log.timestamps.map(
          ({ size, at }) => `  the head of ${size} entries is stamped at ${at}; ${stampHint}`,
        ),
        ...(log.personal === 'hidden' ? ['  exported without personal fields'] : []),
        ...(log.policy === 'bundle' ? [ownKeys] : []),
      ]
    : [
        `not verified: ${log.origin ?? 'no log'}, ${range}, ${failureCount} ${failureCount === 1 ? 'failure' : 'failures'}`,
        ...failures.slice(0, mostShown).map(failureLine),
        ...(failureCount > mostShown
          ? [`  and ${failureCount - mostShown} more; --json has a thousand`]
          : []),
      ]
  return lines.map(line => `${printable(line)}\n`).join('')
}

/** Entries with the first and the last one, as an export names them. */
function rangeText({ from, to, size }: Verdict['log']): string {
  if (size === undefined) return 'of unknown size'
  if (to <= from) return `no entry of ${size}`
  return from === 0 && to === size ? `all entries, ${size}` : `entries ${from} to ${to - 1} of ${size}`
}

const stampHint = 'who has signed that, "openssl ts -verify" tells (VERIFY.md)'

const policyLine = ({ policy, at, removed, approvedBy }: AppliedPolicy): string =>
  `  ${removed} removed by ${policy}, entry ${at}, ${approvedBy.length === 0 ? 'signed by nobody' : `signed by ${approvedBy.join(', ')}`}`

const ownKeys =
  "  with the bundle's own keys: compare them with those that you know, or give yours with --policy"

const failureLine = ({ code, index, file, message }: Failure): string =>
  `  ${code.padEnd(20)} ${index === undefined ? (file ?? '') : `entry ${index}`}: ${message}`

/** Of what some counts are: an entry has several fields. */
const units: Readonly<Record<string, string>> = {
  removed: 'bodies removed',
  redacted: 'bodies redacted',
  erased: 'fields erased',
  hidden: 'fields hidden',
}

const unitOf = (name: string, count: number): string => {
  const unit = units[name] ?? name
  return count === 1 ? unit.replace('bodies ', 'body ').replace('fields ', 'field ') : unit
}

const numbers = (counts: Verdict['counts']): string =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${unitOf(name, count)}`)
    .join(', ')
