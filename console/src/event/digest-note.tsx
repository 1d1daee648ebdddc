import { Text } from '@mantine/core'
import type { JsonValue } from '../api/types.ts'

/** Explains the digests that stand where personal fields are not to be seen. */
export function DigestNote({ value }: { readonly value: JsonValue }) {
  if (!JSON.stringify(value).includes('"_sd":')) return null
  return (
    <Text size="xs" c="dimmed" mb="xs">
      What stands under <span className="mono">_sd</span> are digests of personal fields: they were erased, or
      this key does not see them.
    </Text>
  )
}
