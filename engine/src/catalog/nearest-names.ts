/** The up to three names that are nearest to a mistyped one, nearest first. */
export function nearestNames(name: string, known: readonly string[]): readonly string[] {
  const wanted = name.slice(0, 100).toLowerCase()
  const limit = Math.max(2, Math.floor(wanted.length / 3))
  return (
    known
      // It takes a change for each character that one has more, and measuring is what takes time.
      .filter(candidate => Math.abs(candidate.length - wanted.length) <= limit)
      .map(candidate => ({ candidate, distance: editDistance(wanted, candidate.toLowerCase()) }))
      .filter(({ distance }) => distance <= limit)
      .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
      .slice(0, 3)
      .map(({ candidate }) => candidate)
  )
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}
