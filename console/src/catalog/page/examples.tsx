import type { JsonValue } from '../../api/types.ts'
import { JsonTree } from '../../json/json-tree.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import css from './page.module.css'

/** Examples of a payload, each ready to be copied. */
export function Examples({ examples }: { readonly examples: readonly JsonValue[] }) {
  if (examples.length === 0) return <p className="dim">There is no example.</p>
  return examples.map((example, at) => {
    const name = examples.length === 1 ? 'Example' : `Example ${at + 1}`
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: examples have no name but their place
      <section key={at} className={css.part}>
        <div className={css.partHead}>
          <h2>{name}</h2>
          <CopyButton value={JSON.stringify(example, null, 2)} what={name.toLowerCase()} />
        </div>
        <div className={css.box}>
          <JsonTree value={example} label={name} />
        </div>
      </section>
    )
  })
}
