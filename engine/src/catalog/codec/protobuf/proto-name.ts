/** Words of a name: `billingAddress`, `billing-address` and `BillingAddress` are the same two. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .filter(word => word !== '')
}

/** A name of a message or enum, from the names of the members that lead to it. */
export function toPascalName(path: readonly string[]): string {
  const words = path.flatMap(wordsOf).map(word => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
  const name = words.join('')
  return /^[A-Z]/.test(name) ? name : `Part${name}`
}

/** A name of a field; `field` where nothing of the name can stay. */
export function toSnakeName(name: string): string {
  const snake = wordsOf(name)
    .map(word => word.toLowerCase())
    .join('_')
  return /^[a-z]/.test(snake) ? snake : snake === '' ? 'field' : `field_${snake}`
}

/** What the names of an enum's values begin with: `PolicyEffect` becomes `POLICY_EFFECT`, as buf has it. */
export function enumPrefix(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]|(?<=.)[A-Z](?=[a-z])/g, '_$&').toUpperCase()
}

/** The rest of the name of an enum's value. */
export function toConstantName(name: string): string {
  return wordsOf(name)
    .map(word => word.toUpperCase())
    .join('_')
}

/** The name that a field has in protobuf's JSON unless it says otherwise. */
export function defaultJsonName(name: string): string {
  return name.replace(/_+(.?)/g, (_, unit: string) => unit.toUpperCase())
}

/** The name, or with the first number from 2 whose `fold` is none of those taken; it is taken then. */
export function takeName(name: string, taken: Set<string>, fold = (text: string) => text): string {
  let unique = name
  for (let number = 2; taken.has(fold(unique)); number += 1) unique = `${name}${number}`
  taken.add(fold(unique))
  return unique
}
