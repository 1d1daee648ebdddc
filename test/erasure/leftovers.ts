import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

/** Every form in which a value may lie in a file: as text, escaped, in base64 at each offset, in hexadecimal. */
function formsOf(value: string): ReadonlyMap<string, Buffer> {
  const bytes = Buffer.from(value, 'utf8')
  const escaped = JSON.stringify(value)
    .slice(1, -1)
    .replace(/[^\x20-\x7e]/g, one => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
  const forms = new Map([
    ['utf-8', bytes],
    ['utf-16', Buffer.from(value, 'utf16le')],
    ['latin-1', Buffer.from(value, 'latin1')],
    ['escaped', Buffer.from(escaped)],
    ['percent', Buffer.from(encodeURIComponent(value))],
    ['hex', Buffer.from(bytes.toString('hex'))],
    ['HEX', Buffer.from(bytes.toString('hex').toUpperCase())],
    ['lower', Buffer.from(value.toLowerCase())],
  ])
  for (const offset of [0, 1, 2])
    for (const encoding of ['base64', 'base64url'] as const) {
      const padded = Buffer.concat([Buffer.alloc(offset), bytes])
        .toString(encoding)
        .replace(/=+$/, '')
      // Characters that also depend on what stands before and after are left out.
      const start = Math.ceil((offset * 8) / 6)
      const end = Math.floor(((offset + bytes.length) * 8) / 6)
      forms.set(`${encoding} at ${offset}`, Buffer.from(padded.slice(start, end)))
    }
  return forms
}

/** Of forms that are the same bytes the first. */
function allForms(values: readonly string[]): readonly { readonly says: string; readonly bytes: Buffer }[] {
  const distinct = new Map<string, { readonly says: string; readonly bytes: Buffer }>()
  for (const value of values)
    for (const [form, bytes] of formsOf(value)) {
      const key = bytes.toString('latin1')
      if (!distinct.has(key)) distinct.set(key, { says: `${value} (${form})`, bytes })
    }
  return [...distinct.values()]
}

/** What of the values is in the bytes. */
export function leftIn(bytes: Buffer, values: readonly string[]): readonly string[] {
  return allForms(values).flatMap(form => (bytes.includes(form.bytes) ? [form.says] : []))
}

/** What of the values is in any file of the folder, as `file: value (form)`; a file that goes meanwhile is passed over. */
export function leftovers(folder: string, values: readonly string[]): readonly string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(one => one.isFile())
  return files.flatMap(({ parentPath, name }) => {
    const path = join(parentPath, name)
    return leftIn(read(path), values).map(found => `${path.slice(folder.length + 1)}: ${found}`)
  })
}

const gzipped = Buffer.from([0x1f, 0x8b])

function read(path: string): Buffer {
  try {
    const bytes = readFileSync(path)
    // A segment of an archive.
    return bytes.subarray(0, 2).equals(gzipped) ? gunzipSync(bytes) : bytes
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return Buffer.alloc(0)
    throw error
  }
}
