const MOST = 3
const LONGEST = 100

/** The up to three names that are nearest to a mistyped one, nearest first; those that begin with it count as near. */
export function nearestNames(name: string, known: readonly string[]): string[] {
  const wanted = name.slice(0, LONGEST).toLowerCase()
  const limit = Math.max(2, Math.floor(wanted.length / 3))
  return known
    .map(candidate => ({ candidate, distance: distanceOf(wanted, candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, MOST)
    .map(({ candidate }) => candidate)
}

function distanceOf(wanted: string, candidate: string): number {
  if (wanted.length >= 3 && candidate.startsWith(wanted)) return 1
  return edits(wanted, candidate)
}

/** Levenshtein distance: letters to add, to take away and to change. */
function edits(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const changed = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(changed, above[j]! + 1, row[j - 1]! + 1))
    }
    above = row
  }
  return above[b.length]!
}
