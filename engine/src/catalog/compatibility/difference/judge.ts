import { given } from '../given/given.ts'
import { memberGiven } from '../given/member.ts'
import { partNames, partOf } from '../proof/parts.ts'
import type { ProofSession } from '../proof/proof.ts'
import type { SchemaNode } from '../schema/node.ts'
import type { Judge, Place } from './report.ts'

/** Finds the node of a view that stands where a node of the schema itself does. */
export type ViewOf = (node: SchemaNode) => SchemaNode

export interface JudgeTools {
  readonly session: ProofSession
  readonly isWriterOlder: boolean
  readonly writerView: ViewOf
  readonly readerView: ViewOf
  /** Whether there is budget left to prove with; without, a difference counts as breaking. */
  attempt(prove: () => boolean): boolean
}

/** Asks the prover about single places, under the views that the comparison was made with. */
export function createJudge(tools: JudgeTools): Judge {
  const { session } = tools
  const sides = (place: Place): { writer: SchemaNode; reader: SchemaNode } => {
    const [writer, reader] = tools.isWriterOlder ? [place.older, place.newer] : [place.newer, place.older]
    return { writer: tools.writerView(writer), reader: tools.readerView(reader) }
  }
  const proves = (writer: SchemaNode, goals: readonly SchemaNode[]): boolean =>
    goals.every(goal => session.prove(given(writer), goal, false).isProved)

  return {
    isWriterOlder: tools.isWriterOlder,
    same: session.same,
    provesPart(place, part) {
      const { writer, reader } = sides(place)
      return tools.attempt(() => proves(writer, goalsOf(session, reader, part)))
    },
    provesMember(place, name) {
      const { writer, reader } = sides(place)
      return tools.attempt(() => proves(writer, memberGoals(session, reader, name)))
    },
  }
}

/** What the reader asks of the member of that name. */
function memberGoals(session: ProofSession, reader: SchemaNode, name: string): SchemaNode[] {
  return memberGiven([reader], name, session.members).nodes.map(schema =>
    session.made.make(`member ${schema.id} ${JSON.stringify(name)}`, schema.pointer, node => {
      node.map.properties = new Map([[name, schema]])
    }),
  )
}

/** What the reader asks with one part; nothing where it lacks the part. */
function goalsOf(session: ProofSession, reader: SchemaNode, part: string): SchemaNode[] {
  const [keyword, detail] = part.split(' ', 2)
  if (part === 'ref') return reader.one.ref === undefined ? [] : [reader.one.ref]
  if (keyword === 'required' && detail !== undefined) {
    const name = part.slice('required '.length)
    if (!reader.required.includes(name)) return []
    return [
      session.made.make(`required ${JSON.stringify(name)}`, reader.pointer, node => {
        node.required = [name]
      }),
    ]
  }
  if (keyword === 'allOf') {
    const branch = reader.list.allOf?.[Number(detail)]
    return branch === undefined ? [] : [branch]
  }
  // A view may turn one kind of union into the other.
  const wanted: readonly string[] = part === 'anyOf' || part === 'oneOf' ? ['anyOf', 'oneOf'] : [part]
  return partNames(reader)
    .filter(name => wanted.includes(name))
    .map(name => partOf(session.made, reader, name))
}
