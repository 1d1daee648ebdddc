import type { SchemaNode } from '../schema/node.ts'
import type { Difference } from './difference.ts'
import { placeName } from './words.ts'

/** The two nodes that stand at one place of the values. */
export interface Place {
  readonly older: SchemaNode
  readonly newer: SchemaNode
  readonly instancePath: string
  /** Whether what surrounds them is proved already, so that no difference here can break. */
  readonly isSafe: boolean
}

/** A difference as it is found; whether it breaks is asked only where it can. */
export interface Finding {
  readonly keyword: string
  readonly change: Difference['change']
  /** What changed, without the place: "maximum was lowered from 100 to 50". */
  readonly what: string
  /** What the reader then refuses: "values above 50". */
  readonly refused?: string
  readonly pointer?: string
  readonly instancePath?: string
  readonly breaks: () => boolean
}

/** What the proof behind a comparison can tell about single places. */
export interface Judge {
  readonly isWriterOlder: boolean
  /** Whether the writer's node leads to this part of the reader's. */
  provesPart(place: Place, part: string): boolean
  /** Whether the writer's member of that name leads to what the reader asks of it. */
  provesMember(place: Place, name: string): boolean
  same(a: SchemaNode, b: SchemaNode): boolean
}

export interface Report {
  readonly differences: Difference[]
  readonly judge: Judge
}

/** Goes on with a pair of nodes further inside. */
export type Visit = (place: Place) => void

export const maxDifferences = 500

export function report(to: Report, place: Place, finding: Finding): void {
  if (to.differences.length >= maxDifferences) return
  const isBreaking = !place.isSafe && finding.breaks()
  const instancePath = finding.instancePath ?? place.instancePath
  const reader = to.judge.isWriterOlder ? 'the new reader' : 'the old reader'
  const end = isBreaking ? `; ${finding.refused ?? 'some values'} are refused by ${reader}` : ''
  to.differences.push({
    pointer: finding.pointer ?? `${place.newer.pointer}/${finding.keyword}`,
    instancePath,
    keyword: finding.keyword,
    change: finding.change,
    isBreaking,
    message: `${placeName(instancePath)}: ${finding.what}${end}`,
  })
}

/** The change of something that one side may lack: to have it is to be narrower. */
export function presence(older: unknown, newer: unknown): 'added' | 'removed' | 'changed' {
  if (older === undefined) return 'added'
  return newer === undefined ? 'removed' : 'changed'
}
