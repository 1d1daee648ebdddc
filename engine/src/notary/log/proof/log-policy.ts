import type { LogPolicy, VerifierKey, WitnessGroup } from '../../../proof/index.ts'
import { parseVerifierKey } from '../../../proof/index.ts'

/** Who signs a log: its keys, witnesses, and how many of these must have signed. */
export function logPolicy(
  logKeys: readonly string[],
  witnesses: readonly VerifierKey[],
  quorum: number,
): LogPolicy {
  const logs = logKeys.map(parseVerifierKey)
  const named = new Map(witnesses.map((key, at) => [uniqueName(key, at, witnesses), key]))
  const names = [...named.keys()]
  if (quorum === 0) return { logs, witnesses: named, groups: new Map(), quorum: undefined }
  if (names.length === 1) return { logs, witnesses: named, groups: new Map(), quorum: names[0] }
  const group: WitnessGroup = { name: groupName(names), needed: quorum, members: names }
  return { logs, witnesses: named, groups: new Map([[group.name, group]]), quorum: group.name }
}

/** Witnesses of one name have different keys: the second is told apart by its number. */
const uniqueName = ({ name }: VerifierKey, at: number, all: readonly VerifierKey[]): string =>
  name === 'none' || all.findIndex(other => other.name === name) < at ? `${name}#${at + 1}` : name

const groupName = (names: readonly string[]): string => {
  let name = 'quorum-of-witnesses'
  while (names.includes(name)) name = `${name}-`
  return name
}
