import type { StoreRows, TableName } from './rows.ts'

type Key = string | number

/** What each table is read by; together the columns name one row. */
const keys: { readonly [T in TableName]: (row: StoreRows[T]) => readonly Key[] } = {
  tenant: row => [row.id],
  stream: row => [row.id],
  type: row => [row.id],
  event: row => [row.position],
  eventId: row => [row.position, row.id],
  link: row => [row.position, row.link],
  key: row => [row.position, row.key],
  checkpoint: row => [row.name],
  document: row => [row.tenant, row.collection, row.id],
}

/** Which of two rows comes first: negative, zero or positive. */
export function compareRows<T extends TableName>(table: T, a: StoreRows[T], b: StoreRows[T]): number {
  const [left, right] = [keys[table](a), keys[table](b)]
  for (let at = 0; at < left.length; at += 1) {
    const order = compareKeys(left[at] as Key, right[at] as Key)
    if (order !== 0) return order
  }
  return 0
}

/** Texts by their UTF-8 bytes, as both databases order them. */
function compareKeys(a: Key, b: Key): number {
  if (a === b) return 0
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)))
}

export function isSameRow<T extends TableName>(a: StoreRows[T], b: StoreRows[T]): boolean {
  for (const name in a) if (a[name] !== b[name]) return false
  return true
}
