import { useKeyName } from './use-me.ts'

/** An API key by its name; by its id for who may not see the names. */
export function KeyName({ id }: { readonly id: string }) {
  const name = useKeyName(id)
  return (
    <span className={name === undefined ? 'mono' : undefined} title={`by key ${id}`}>
      {name ?? id}
    </span>
  )
}
