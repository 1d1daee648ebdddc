import css from './command.module.css'
import { CopyButton } from './copy-button.tsx'

/** A command to run, ready to copy. */
export function Command({ text, what = 'command' }: { readonly text: string; readonly what?: string }) {
  return (
    <div className={css.box}>
      <pre className={css.text}>{text}</pre>
      <CopyButton value={text} what={what} />
    </div>
  )
}
