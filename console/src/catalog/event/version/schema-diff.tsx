import type { JsonSchema } from '../../../api/catalog-types.ts'
import { TextDiff } from '../../../diff/text-diff.tsx'

interface SchemaDiffProps {
  readonly before: JsonSchema
  readonly after: JsonSchema
}

/** What was taken from and added to the text of a schema. */
export function SchemaDiff({ before, after }: SchemaDiffProps) {
  return (
    <TextDiff
      before={JSON.stringify(before, null, 2)}
      after={JSON.stringify(after, null, 2)}
      label="Differences of the schemas, line by line"
    />
  )
}
