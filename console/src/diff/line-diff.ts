export interface DiffLine {
  readonly sign: ' ' | '+' | '-'
  readonly text: string
}

/** A run of lines, or how many equal ones are left out. */
export type DiffPart = { readonly lines: readonly DiffLine[] } | { readonly skipped: number }

/** Cells of the table beyond which what differs is shown as one block: time and memory stay bounded. */
const MAX_CELLS = 4_000_000
const CONTEXT = 3

/** What was taken from and added to a text, line by line. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const [a, b] = [before.split('\n'), after.split('\n')]
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head++
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++
  const same = (lines: readonly string[]) => lines.map((text): DiffLine => ({ sign: ' ', text }))
  const middle = diffMiddle(a.slice(head, a.length - tail), b.slice(head, b.length - tail))
  return [...same(a.slice(0, head)), ...middle, ...same(a.slice(a.length - tail))]
}

/** By the longest common subsequence. */
function diffMiddle(a: readonly string[], b: readonly string[]): DiffLine[] {
  const width = b.length + 1
  if ((a.length + 1) * width > MAX_CELLS) {
    return [
      ...a.map((text): DiffLine => ({ sign: '-', text })),
      ...b.map((text): DiffLine => ({ sign: '+', text })),
    ]
  }
  const lengths = new Uint32Array((a.length + 1) * width)
  const at = (i: number, j: number) => lengths[i * width + j] as number
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  }
  const lines: DiffLine[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ sign: ' ', text: a[i] as string })
      i++
      j++
    } else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ sign: '-', text: a[i++] as string })
    } else lines.push({ sign: '+', text: b[j++] as string })
  }
  return lines
}

/** The diff without the equal lines that are far from any change. */
export function foldDiff(lines: readonly DiffLine[]): DiffPart[] {
  const near = new Uint8Array(lines.length)
  lines.forEach(({ sign }, at) => {
    if (sign !== ' ') near.fill(1, Math.max(0, at - CONTEXT), at + CONTEXT + 1)
  })
  const parts: DiffPart[] = []
  for (let at = 0; at < lines.length; ) {
    const start = at
    while (at < lines.length && near[at] === near[start]) at++
    parts.push(near[start] ? { lines: lines.slice(start, at) } : { skipped: at - start })
  }
  return parts
}
