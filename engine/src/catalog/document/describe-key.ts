type Key = (event: never) => unknown

const maxDepth = 16

/**
 * What a key function makes its key of, as `{payload.resource.type}:{payload.resource.id}`: it runs on a stand-in whose
 * members are stand-ins again and whose text is its path. Undefined where the function looks deeper than a text can show.
 */
export function describeKey(key: Key | undefined): string | undefined {
  if (key === undefined) return undefined
  try {
    const made = key(standIn([]) as never)
    if (made === undefined || made === null) return undefined
    const text = String(made)
    return text.includes('{') && text.length <= 500 ? text : undefined
  } catch {
    return undefined
  }
}

/** A value of which only the place is known. */
function standIn(path: readonly string[]): object {
  const text = () => `{${path.join('.')}}`
  return new Proxy(Object.create(null) as object, {
    get(_, name) {
      if (name === Symbol.toPrimitive || name === 'toString' || name === 'valueOf') return text
      if (typeof name === 'symbol' || path.length >= maxDepth) throw new TypeError('cannot be recorded')
      return standIn([...path, name])
    },
    has: () => true,
  })
}
