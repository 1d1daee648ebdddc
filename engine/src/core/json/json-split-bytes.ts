export const QUOTE = 34
export const BACKSLASH = 92
export const COMMA = 44
export const NEWLINE = 10
export const OPEN_OBJECT = 123
export const CLOSE_OBJECT = 125
export const OPEN_ARRAY = 91
export const CLOSE_ARRAY = 93

/** `[` and `{`, and `]` and `}`, differ in one bit alone. */
export const isOpening = (byte: number): boolean => (byte | 32) === OPEN_OBJECT
export const isClosing = (byte: number): boolean => (byte | 32) === CLOSE_OBJECT

/** White space of JSON. */
export const isSpace = (byte: number | undefined): boolean =>
  byte === 32 || byte === NEWLINE || byte === 13 || byte === 9

/** The first byte of a number, or of true, false or null. */
export const startsScalar = (byte: number): boolean =>
  byte === 45 || (byte >= 48 && byte <= 57) || byte === 116 || byte === 102 || byte === 110

export const endsScalar = (byte: number): boolean =>
  isSpace(byte) || byte === COMMA || byte === QUOTE || byte === 58 || isOpening(byte) || isClosing(byte)

const scalar = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/
const latin1 = new TextDecoder('latin1')

/** Whether the bytes are a number of at most 1024 characters, or true, false or null. */
export const isScalar = (text: Uint8Array): boolean => text.length <= 1024 && scalar.test(latin1.decode(text))
