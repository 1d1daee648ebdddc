import { open } from 'node:fs/promises'
import { dirname } from 'node:path'

/** The system's word for what went wrong. */
export function codeOf(error: unknown): string | undefined {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : undefined
}

/** Writes a new file that only its owner may read; its content is on the disk when this resolves. */
export async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes a folder's names durable, where the system can: Windows does so by itself and refuses. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes durable the names of all folders from the outer one to the inner one. */
export async function syncFolders(outer: string, inner: string): Promise<void> {
  for (let folder = inner; ; folder = dirname(folder)) {
    await syncFolder(folder)
    if (folder === outer || folder === dirname(folder)) return
  }
}
