import type { ReactNode } from 'react'
import css from './mark.module.css'

export type Tone = 'ok' | 'work' | 'warn' | 'bad' | 'mute'

interface MarkProps {
  readonly tone: Tone
  readonly title?: string | undefined
  readonly children: ReactNode
}

/** A state by shape, colour and word: never by colour alone. */
export function Mark({ tone, title, children }: MarkProps) {
  return (
    <span className={css.mark} data-tone={tone} title={title}>
      {children}
    </span>
  )
}
