/** `1 event`, `2 events`; with `many` where an s is not enough: `2 leaves`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`
