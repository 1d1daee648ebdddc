/** An element of XML: its text, or its elements. Namespaces are left on the names of attributes, and off those of elements. */
export interface XmlElement {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  readonly text: string
}

const token =
  /<\?[^>]*\?>|<!--[\s\S]*?-->|<\/([\w:.-]+)\s*>|<([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/g
const attribute = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g

interface Open {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: XmlElement[]
  text: string
}

/** The root of a document, as far as the administration client writes XML. @throws Error where it is not well formed. */
export function parseXml(document: string): XmlElement {
  const root: Open = { name: '', attributes: new Map(), children: [], text: '' }
  const open: Open[] = [root]
  for (const [, closing, opening, attributes = '', empty, text] of document.matchAll(token)) {
    const current = open.at(-1) ?? root
    if (text !== undefined) current.text += unescapeXml(text)
    else if (closing !== undefined) {
      if (local(closing) !== current.name) throw new Error(`The element ${current.name} is not closed`)
      open.pop()
      open.at(-1)?.children.push(current)
    } else if (opening !== undefined) {
      const element: Open = {
        name: local(opening),
        attributes: attributesOf(attributes),
        children: [],
        text: '',
      }
      if (empty === '/') current.children.push(element)
      else open.push(element)
    }
  }
  const [first] = root.children
  if (first === undefined || open.length > 1) throw new Error('The document is not well formed')
  return first
}

/** The first element of this name, however deep. */
export function findElement(element: XmlElement, name: string): XmlElement | undefined {
  if (element.name === name) return element
  for (const child of element.children) {
    const found = findElement(child, name)
    if (found !== undefined) return found
  }
  return undefined
}

/** Texts of the elements that have nothing but text, by their names. */
export const textsOf = (element: XmlElement): ReadonlyMap<string, string> =>
  new Map(
    element.children.filter(({ children }) => children.length === 0).map(({ name, text }) => [name, text]),
  )

export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }

const unescapeXml = (text: string): string =>
  text.replaceAll(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal))
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
    return entities[name] ?? whole
  })

const local = (name: string): string => name.slice(name.indexOf(':') + 1)

const attributesOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    [...text.matchAll(attribute)].map(([, name = '', double, single]) => [
      name,
      unescapeXml(double ?? single ?? ''),
    ]),
  )
