import { saveFile } from '../log/save-file.ts'

/** Where a bundle goes while it comes, so that no more of it than a part is in memory. */
export interface BundleTarget {
  write(part: Uint8Array<ArrayBuffer>): Promise<void>
  /** Called where it is whole. */
  finish(): Promise<void>
  /** Called where it is not: nothing of it stays. */
  discard(): Promise<void>
}

interface PickedFile extends FileSystemFileHandle {
  remove?(): Promise<void>
}
type Picker = (options: {
  readonly suggestedName: string
  readonly types: readonly { readonly accept: Readonly<Record<string, readonly string[]>> }[]
}) => Promise<PickedFile>

/** Of the files that wait in the browser's private storage until they are handed over. */
const prefix = 'keelson-bundle-'
/** Milliseconds that they stay: the browser copies them from there. */
const kept = 10 * 60_000
/** Bytes of a part that a browser can put away on its own disk. */
const largePart = 8 * 1024 * 1024

/**
 * A file that its owner picks, where the browser lets pages write to one; else one in the browser's private storage, handed
 * over as a download; else, where the console does not come over a secure connection, parts that the browser puts away.
 * Undefined where the owner picks none. The first of them asks, so it has to follow a click.
 */
export async function openTarget(name: string): Promise<BundleTarget | undefined> {
  const pick = (globalThis as { readonly showSaveFilePicker?: Picker }).showSaveFilePicker
  if (pick !== undefined)
    try {
      const types = [{ accept: { 'application/x-tar': ['.tar'] } }]
      return await pickedTarget(await pick({ suggestedName: name, types }))
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return undefined
      // Frames and some policies forbid to ask; a download is allowed all the same.
      if (!(error instanceof DOMException)) throw error
    }
  // Absent where the page does not come over a secure connection.
  const storage = navigator.storage as StorageManager | undefined
  const folder = await storage?.getDirectory?.().catch(() => undefined)
  return folder === undefined ? blobTarget(blob => saveFile(name, blob)) : privateTarget(folder, name)
}

async function pickedTarget(file: PickedFile): Promise<BundleTarget> {
  const stream = await file.createWritable()
  return {
    write: part => stream.write(part),
    finish: () => stream.close(),
    async discard() {
      await stream.abort()
      // The browser made an empty one when it was picked.
      if ((await file.getFile()).size === 0) await file.remove?.().catch(() => undefined)
    },
  }
}

async function privateTarget(folder: FileSystemDirectoryHandle, name: string): Promise<BundleTarget> {
  const entry = `${prefix}${Date.now()}-${crypto.randomUUID()}`
  const file = await folder.getFileHandle(entry, { create: true })
  const stream = await file.createWritable()
  const remove = () => folder.removeEntry(entry).catch(() => undefined)
  return {
    write: part => stream.write(part),
    async finish() {
      await stream.close()
      saveFile(name, await file.getFile())
      setTimeout(remove, kept)
    },
    async discard() {
      await stream.abort()
      await remove()
    },
  }
}

/** Keeps the bundle as a blob of blobs: browsers put those away on their disk. */
export function blobTarget(hand: (blob: Blob) => void): BundleTarget {
  const blobs: Blob[] = []
  let parts: Uint8Array<ArrayBuffer>[] = []
  let bytes = 0
  const pack = (): void => {
    blobs.push(new Blob(parts))
    parts = []
    bytes = 0
  }
  return {
    async write(part) {
      parts.push(part)
      bytes += part.length
      if (bytes >= largePart) pack()
    },
    async finish() {
      pack()
      hand(new Blob(blobs, { type: 'application/x-tar' }))
    },
    async discard() {
      blobs.length = 0
      parts = []
    },
  }
}

/** Removes what an earlier visit left in the browser's private storage: it may have personal fields in it. */
export async function removeLeftBundles(now: number): Promise<void> {
  const storage = navigator.storage as StorageManager | undefined
  const folder = await storage?.getDirectory?.().catch(() => undefined)
  if (folder === undefined) return
  for await (const name of folder.keys()) {
    const since = Number(name.slice(prefix.length).split('-')[0])
    if (name.startsWith(prefix) && now - since > kept) await folder.removeEntry(name).catch(() => undefined)
  }
}
