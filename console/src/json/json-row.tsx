import { Highlight } from '@mantine/core'
import { memo } from 'react'
import { CopyButton } from '../ui/copy-button.tsx'
import css from './json.module.css'
import type { JsonLine } from './lines.ts'

interface JsonRowProps {
  readonly line: JsonLine
  readonly query: string
  readonly onToggle: (pointer: string) => void
}

export const JsonRow = memo(function JsonRow({ line, query, onToggle }: JsonRowProps) {
  const { kind, pointer, name, size = 0 } = line
  const branch = (kind === 'open' || kind === 'folded') && size > 0
  const path = pointer === '' ? 'the whole value' : pointer
  return (
    <div className={css.line} style={{ paddingLeft: line.depth * 16 + 18 }} data-hit={line.hit || undefined}>
      {branch && (
        <button
          type="button"
          className={css.fold}
          aria-expanded={kind === 'open'}
          aria-label={`${kind === 'open' ? 'Fold' : 'Unfold'} ${path}`}
          onClick={() => onToggle(pointer)}
        >
          {kind === 'open' ? '▾' : '▸'}
        </button>
      )}
      {name !== undefined && (
        <>
          <span className={css.name}>
            <Marked text={name} query={query} />
          </span>
          <span className={css.colon}>: </span>
        </>
      )}
      <span className={line.type ? css[line.type] : css.brace}>
        <Marked text={line.text} query={kind === 'leaf' ? query : ''} />
      </span>
      {kind === 'folded' && size > 0 && <span className={css.size}> {size}</span>}
      {kind !== 'close' && (
        <CopyButton
          className={css.copy}
          what={`value of ${path}`}
          value={typeof line.value === 'string' ? line.value : JSON.stringify(line.value, null, 2)}
        />
      )}
    </div>
  )
})

function Marked({ text, query }: { readonly text: string; readonly query: string }) {
  if (query.trim() === '') return text
  return (
    <Highlight
      component="span"
      inherit
      highlight={query.trim()}
      highlightStyles={{ background: 'var(--k-mark)', color: 'inherit' }}
    >
      {text}
    </Highlight>
  )
}
