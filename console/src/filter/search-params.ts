export type RawSearch = Record<string, string | string[]>

/** Reads `?type=a&type=b&q=x`: repeated names become lists. The router's own form would be JSON in the URL. */
export function parseSearch(text: string): RawSearch {
  const search: RawSearch = {}
  for (const [name, value] of new URLSearchParams(text)) {
    const before = search[name]
    if (before === undefined) search[name] = value
    else search[name] = Array.isArray(before) ? [...before, value] : [before, value]
  }
  return search
}

export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(search)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== '') params.append(name, String(one))
    }
  }
  // These read better plain, and every browser keeps them so.
  const text = params
    .toString()
    .replaceAll('%3A', ':')
    .replaceAll('%2F', '/')
    .replaceAll('%40', '@')
    .replaceAll('%2C', ',')
  return text === '' ? '' : `?${text}`
}
