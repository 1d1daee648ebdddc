import type { JsonValue } from '../../../core/index.ts'
import { canonicalJson } from '../../../core/index.ts'
import { localText } from '../schema/local-text.ts'
import type { DraftNode, NodeIds, SchemaNode, ValueKind } from '../schema/node.ts'
import { emptyNode } from '../schema/node.ts'
import { setValues } from '../schema/read-keywords.ts'

/** Schemas that a proof makes on its way, each once. */
export interface MadeNodes {
  readonly anything: SchemaNode
  readonly nothing: SchemaNode
  ofKind(kind: ValueKind): SchemaNode
  requiring(names: readonly string[]): SchemaNode
  /** An object whose member has this value. */
  having(name: string, value: JsonValue): SchemaNode
  exactly(value: JsonValue): SchemaNode
  make(key: string, pointer: string, fill: (node: DraftNode) => void): SchemaNode
}

export function createMadeNodes(ids: NodeIds): MadeNodes {
  const nodes = new Map<string, SchemaNode>()
  const make: MadeNodes['make'] = (key, pointer, fill) => {
    const known = nodes.get(key)
    if (known !== undefined) return known
    const node = emptyNode(ids(), pointer)
    fill(node)
    node.local = node.isNever ? 'false' : localText(node)
    nodes.set(key, node)
    return node
  }
  const exactly = (value: JsonValue): SchemaNode =>
    make(`exactly ${canonicalJson(value)}`, '', node => {
      setValues(node, [value])
    })
  return {
    anything: make('anything', '', () => {}),
    nothing: make('nothing', '', node => {
      node.isNever = true
    }),
    ofKind: kind =>
      make(`kind ${kind}`, '', node => {
        node.types = [kind]
      }),
    requiring: names =>
      make(`requiring ${canonicalJson(names)}`, '', node => {
        node.types = ['object']
        node.required = names
      }),
    having: (name, value) =>
      make(`having ${canonicalJson([name, value])}`, '', node => {
        node.types = ['object']
        node.required = [name]
        node.map.properties = new Map([[name, exactly(value)]])
      }),
    exactly,
    make,
  }
}
