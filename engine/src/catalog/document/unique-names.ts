/** A name for each text, made by `toName`; those that would collide get a number, in the order in which they come. */
export function uniqueNames(
  texts: Iterable<string>,
  toName: (text: string) => string,
): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  const taken = new Set<string>()
  for (const text of texts) {
    if (names.has(text)) continue
    const wanted = toName(text)
    let name = wanted
    for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${wanted}-${number}`
    taken.add(name.toLowerCase())
    names.set(text, name)
  }
  return names
}

/** Lower-case words with hyphens, good for a path, an id or an anchor. */
export function slug(text: string): string {
  return (
    text
      .normalize('NFKD')
      .toLowerCase()
      .replace(/[^a-z0-9.]+/g, '-')
      .replace(/^[-.]+|[-.]+$/g, '')
      .slice(0, 80) || 'unnamed'
  )
}
