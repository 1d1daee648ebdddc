import { CopyButton } from '../ui/copy-button.tsx'
import css from './hash.module.css'

/** A hash in groups of four, for a person who compares it with another; copied as it is. */
export function Hash({ value, what }: { readonly value: string; readonly what: string }) {
  return (
    <span className={css.hash}>
      <code className={css.groups}>
        {(value.match(/.{1,4}/g) ?? []).map((group, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: groups have no name but their place
          <span key={at}>{group}</span>
        ))}
      </code>
      <CopyButton value={value} what={what} />
    </span>
  )
}
