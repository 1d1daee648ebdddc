import { useEffect, useState } from 'react'
import type { ChangeSearch } from '../../use-catalog.ts'

/** Milliseconds without a key after which the URL says what was typed. */
const PAUSE = 250

/** The text of the search box: what is typed counts at once, and goes into the URL when typing pauses. */
export function useQueryText(value: string, change: ChangeSearch): [string, (text: string) => void] {
  const [text, setText] = useState(value)
  const [known, setKnown] = useState(value)
  if (known !== value) {
    setKnown(value)
    // Going back and forth in the history changes the box; what the box itself wrote does not.
    if (text.trim() !== value) setText(value)
  }
  useEffect(() => {
    const q = text.trim()
    if (q === value) return
    const timer = setTimeout(
      () => change(({ q: _q, ...rest }) => (q === '' ? rest : { ...rest, q }), { replace: true }),
      PAUSE,
    )
    return () => clearTimeout(timer)
  }, [text, value, change])
  return [text, setText]
}
