/** Hands a file to whoever sits at the browser. */
export function saveFile(name: string, content: Blob | string): void {
  const blob = typeof content === 'string' ? new Blob([content], { type: 'text/plain' }) : content
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // Not at once: the browser begins to read it after this.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

/** A part of a file's name: what could be a folder or a dot file is not. */
export const fileNameOf = (text: string): string => text.replaceAll(/[^\w.-]+/g, '_').replace(/^\.+/, '')
