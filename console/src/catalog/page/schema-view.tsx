import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { JsonSchema } from '../../api/catalog-types.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import css from './page.module.css'

interface SchemaViewProps {
  readonly schema: JsonSchema
  /** Name of the file without its ending. */
  readonly fileName: string
  readonly hash?: string | undefined
  readonly children?: ReactNode
}

/** A JSON Schema as it stands, to copy and to download. */
export function SchemaView({ schema, fileName, hash, children }: SchemaViewProps) {
  const text = JSON.stringify(schema, null, 2)
  return (
    <section className={css.part}>
      <div className={css.partHead}>
        <h2>JSON Schema</h2>
        <CopyButton value={text} what="schema" />
        {children}
        {hash !== undefined && (
          <span className="dim ellipsis" style={{ fontSize: 12 }}>
            content hash <span className="mono">{hash}</span>
          </span>
        )}
        <span className={css.tools}>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconDownload size={14} />}
            onClick={() => download(`${fileName}.schema.json`, text)}
          >
            Download
          </Button>
        </span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <pre className={css.code} tabIndex={0}>
        {text}
      </pre>
    </section>
  )
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([`${text}\n`], { type: 'application/schema+json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
