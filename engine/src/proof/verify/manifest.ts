import { encode, fromByteText, runningSha256, sha256Text, utf8 } from '#primitive'
import { isJsonObject, parseJson } from '../../core/index.ts'
import type { LogPolicy } from '../note/policy.ts'
import { signingLog } from '../note/policy.ts'
import type { Note } from '../note/signed-note.ts'
import { parseNote } from '../note/signed-note.ts'
import { parseTilePath } from '../tree/tile.ts'
import type { Findings } from './failure.ts'
import type { BundleSource } from './source.ts'
import { readText } from './source.ts'

export const bundleFormat = 'keelson-bundle/1'

/** What a bundle says of itself. */
export interface Manifest {
  readonly origin: string
  readonly size: number
  readonly from: number
  readonly to: number
  readonly personal: 'shown' | 'hidden'
  /** SHA-256 of each file as hex. */
  readonly files: ReadonlyMap<string, string>
}

const longestManifest = 256 * 2 ** 20
const name = 'manifest.json'

/**
 * Reads the manifest, and whether the log has signed it; undefined where there is none that can be understood. A note that no
 * key of the policy has signed is put into `unsigned`.
 */
export async function readManifest(
  source: BundleSource,
  policy: LogPolicy | undefined,
  findings: Findings,
  unsigned: Map<string, Note>,
): Promise<Manifest | undefined> {
  const text = await readText(source, name, longestManifest)
  if (text === undefined) {
    findings.fail('bundle_incomplete', name, 'There is no manifest that can be read')
    return undefined
  }
  const manifest = parseManifest(text, findings)
  const note = await readText(source, 'manifest.note', 1_000_000)
  if (note === undefined) findings.fail('bundle_incomplete', 'manifest.note', 'The manifest is not signed')
  else if (manifest && policy) checkNote(note, { text, manifest, policy, unsigned }, findings)
  return manifest
}

function parseManifest(text: string, findings: Findings): Manifest | undefined {
  const malformed = (what: string): undefined => findings.fail('manifest_malformed', name, what) as undefined
  let value: unknown
  try {
    value = parseJson(text)
  } catch {
    return malformed('It is no JSON')
  }
  if (!isJsonObject(value)) return malformed('It is no JSON object')
  const { format, origin, size, from, to, personal, files } = value
  if (format !== bundleFormat) {
    findings.fail('version_unknown', name, `The format is not ${bundleFormat}`)
    return undefined
  }
  const sizes = [from, to, size]
  const areSizes = sizes.every(one => Number.isSafeInteger(one) && (one as number) >= 0)
  const [start, end, all] = sizes as number[] as [number, number, number]
  if (typeof origin !== 'string' || !areSizes || start > end || end > all)
    return malformed('Origin, size or range are not to be understood')
  if (personal !== 'shown' && personal !== 'hidden') return malformed('It does not say what is personal')
  if (!isJsonObject(files) || !Object.values(files).every(isSha256))
    return malformed('The files have no hashes')
  const hashes = new Map(Object.entries(files) as [string, string][])
  return { origin, size: all, from: start, to: end, personal, files: hashes }
}

const isSha256 = (value: unknown): boolean => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)

interface SignedManifest {
  readonly text: string
  readonly manifest: Manifest
  readonly policy: LogPolicy
  readonly unsigned: Map<string, Note>
}

function checkNote(
  note: string,
  { text, manifest, policy, unsigned }: SignedManifest,
  findings: Findings,
): void {
  try {
    const parsed = parseNote(note)
    const key = signingLog(parsed, policy)
    if (key === undefined || key.name !== manifest.origin) {
      findings.fail(
        'signature_invalid',
        'manifest.note',
        'No key that the policy has for this log has signed it',
      )
      unsigned.set('manifest.note', parsed)
    }
    const expected = `${manifest.origin}\nkeelson/v1 manifest\n${sha256Text(utf8(text), 'base64')}\n`
    if (parsed.text !== expected)
      findings.fail('file_altered', name, 'It is not the manifest that was signed')
  } catch (error) {
    findings.fail('signature_invalid', 'manifest.note', error instanceof Error ? error.message : 'no note')
  }
}

/** Compares every file with the manifest: what is missing, altered, or there without being listed. */
export async function checkFiles(
  source: BundleSource,
  manifest: Manifest,
  names: ReadonlySet<string>,
  findings: Findings,
  onFile: () => void,
): Promise<void> {
  for (const [file, expected] of manifest.files) {
    if (!isBundleFile(file)) findings.fail('file_unlisted', file.slice(0, 200), 'No bundle has such a file')
    else if (!names.has(file))
      findings.fail('bundle_incomplete', file, 'The manifest has it, the bundle has not')
    else if ((await hashOf(source, file)) !== expected)
      findings.fail('file_altered', file, 'It does not have the hash that the manifest says')
    onFile()
  }
  for (const file of names)
    if (!manifest.files.has(file) && file !== name && file !== 'manifest.note')
      findings.fail('file_unlisted', file.slice(0, 200), 'The manifest does not have it')
}

async function hashOf(source: BundleSource, file: string): Promise<string> {
  const running = runningSha256()
  for await (const chunk of source.read(file)) running.update(chunk)
  return encode(fromByteText(running.digest()), 'hex')
}

const plainFiles: ReadonlySet<string> = new Set([
  'checkpoint',
  'checkpoint.prev',
  'checkpoint.tsr',
  'checkpoint.prev.tsr',
  'policy',
  'leaves.ndjson',
  'bodies.ndjson',
  'records.ndjson',
  'VERIFY.md',
])

/** Whether the format has a file of that name. */
function isBundleFile(file: string): boolean {
  const tile = parseTilePath(file)
  return plainFiles.has(file) || proofIndex(file) !== undefined || (tile !== undefined && !tile.isEntries)
}

/** The index of an entry whose proof the file is; undefined where it is none. */
export function proofIndex(file: string): number | undefined {
  const [, n] = /^(0|[1-9]\d{0,15})\.tlog-proof$/.exec(file) ?? []
  return n === undefined ? undefined : Number(n)
}
