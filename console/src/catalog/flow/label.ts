/** Where a name may be broken: after a space, a slash, a dot or a dash, and before a capital letter. */
const BREAKS = /(?<=[\s/.\-_])|(?<=[a-z0-9])(?=[A-Z])/

/** A name in at most two lines of so many letters; what does not fit ends in an ellipsis. */
export function labelLines(name: string, letters: number): readonly string[] {
  if (name.length <= letters) return [name]
  const parts = name.split(BREAKS)
  let first = ''
  while (parts.length > 0 && (first + parts[0]).trimEnd().length <= letters) first += parts.shift()
  if (first === '') return [cut(name, letters)]
  return [first.trimEnd(), cut(parts.join(''), letters)]
}

const cut = (text: string, letters: number): string =>
  text.length <= letters ? text : `${text.slice(0, Math.max(1, letters - 1))}…`
