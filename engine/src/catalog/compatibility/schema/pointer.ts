/** RFC 6901: a name as one token of a JSON Pointer. */
export function pointerToken(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** The name that a token of a pointer in a URI fragment stands for. */
export function nameOfFragment(token: string): string {
  return nameOfToken(/^(?:[^%]|%[0-9a-fA-F]{2})*$/.test(token) ? decodeText(token) : token)
}

function decodeText(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export function nameOfToken(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~')
}
