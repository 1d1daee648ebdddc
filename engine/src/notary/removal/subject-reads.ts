import type { RecordedEvent } from '../../store/index.ts'

/** Keys that a store looks up in one read. A subject has one for each month, so this is two and a half years. */
const keysPerRead = 30

/** Groups of keys that a store looks up in one read. */
export function keyGroups(kids: readonly string[]): readonly (readonly string[])[] {
  const groups: (readonly string[])[] = []
  for (let at = 0; at < kids.length; at += keysPerRead) groups.push(kids.slice(at, at + keysPerRead))
  return groups
}

/** Several reads in one order of positions, each event once. */
export async function* mergeReads(
  reads: readonly AsyncIterable<RecordedEvent>[],
): AsyncGenerator<RecordedEvent> {
  const iterators = reads.map(read => read[Symbol.asyncIterator]())
  try {
    const heads = await Promise.all(iterators.map(one => one.next()))
    for (;;) {
      const open = heads.flatMap(({ done, value }) => (done ? [] : [value as RecordedEvent]))
      const [first, ...others] = open
      if (first === undefined) return
      const least = others.reduce((one, other) => (other.position < one.position ? other : one), first)
      yield least
      for (const [at, { done, value }] of heads.entries())
        if (!done && value.position === least.position)
          heads[at] = (await iterators[at]?.next()) ?? { done: true, value: undefined }
    }
  } finally {
    await Promise.all(iterators.map(one => one.return?.()))
  }
}
