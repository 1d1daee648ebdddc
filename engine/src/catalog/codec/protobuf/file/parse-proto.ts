import type { JsonObject } from '../../../../core/index.ts'
import { canonicalJson, KeelsonError } from '../../../../core/index.ts'
import type { CompatibilityMode, CompatibilityResult } from '../../comparison.ts'
import { boundSchema, compareBoth, maxSchemaDepth } from '../../comparison.ts'
import { badSchema } from '../../fault.ts'
import { findBreaks } from './find-breaks.ts'
import type { ProtoFile } from './proto-file.ts'
import { flattenProto } from './proto-file.ts'

/** What is used of `protobufjs`, which the caller hands in. */
export interface ProtobufJs {
  parse(
    source: string,
    options: { keepCase: boolean },
  ): {
    readonly package: string | undefined
    readonly imports: readonly string[] | undefined
    readonly weakImports: readonly string[] | undefined
    readonly root: { toJSON(): object }
  }
}

export interface ProtoText {
  /** The descriptor as canonical JSON: the same for the same file, whatever its white space and comments. */
  readonly canonicalText: string
  readonly package: string
  /** Full names of the messages, in the order of the file. */
  readonly messages: readonly string[]
}

/**
 * Checks the text of a `.proto` file (proto2 or proto3), at most 64 KiB and 32 levels deep, without imports and
 * extensions.
 *
 * @throws KeelsonError `schema_invalid`
 */
export function parseProto(protobufjs: ProtobufJs, text: string): ProtoText {
  const { descriptor, file } = read(protobufjs, text)
  return {
    canonicalText: canonicalJson(descriptor),
    package: file.package,
    messages: [...file.messages.keys()],
  }
}

/**
 * Compares two `.proto` files: whether messages that were written with the one can be read with the other.
 *
 * @throws KeelsonError `schema_invalid`
 */
export function compareProto(
  protobufjs: ProtobufJs,
  oldText: string,
  newText: string,
  mode: CompatibilityMode,
): CompatibilityResult {
  const [older, newer] = [read(protobufjs, oldText).file, read(protobufjs, newText).file]
  return compareBoth(older, newer, mode, writer =>
    findBreaks(older, newer, writer === older ? 'backward' : 'forward'),
  )
}

/** Names that mean something to JavaScript's objects, which the parser keeps its names in. */
const unsafeNames = /\b(?:__proto__|constructor|prototype)\b/

function read(
  protobufjs: ProtobufJs,
  text: string,
): { readonly descriptor: JsonObject; readonly file: ProtoFile } {
  boundSchema(text)
  if (deepest(text) > maxSchemaDepth)
    throw badSchema(`The file is nested deeper than ${maxSchemaDepth} levels`)
  if (unsafeNames.test(text)) throw badSchema('The file has a name that is not supported')
  const parsed = parse(protobufjs, text)
  if ((parsed.imports?.length ?? 0) + (parsed.weakImports?.length ?? 0) > 0)
    throw badSchema('The file has imports, which are not supported')
  const descriptor = JSON.parse(JSON.stringify(parsed.root.toJSON())) as JsonObject
  return { descriptor, file: flattenProto(descriptor, parsed.package ?? '') }
}

function parse(protobufjs: ProtobufJs, text: string): ReturnType<ProtobufJs['parse']> {
  try {
    return protobufjs.parse(text, { keepCase: true })
  } catch (cause) {
    const message = cause instanceof Error ? cause.message.slice(0, 200) : 'it cannot be parsed'
    throw new KeelsonError('schema_invalid', `The file is not valid: ${message}`, {}, cause)
  }
}

/** The deepest nesting of braces and brackets; those in strings and comments count too, which only errs on the safe side. */
function deepest(text: string): number {
  let depth = 0
  let most = 0
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (unit === 123 || unit === 91 || unit === 60) depth += 1
    else if (unit === 125 || unit === 93 || unit === 62) depth -= 1
    most = Math.max(most, depth)
  }
  return most
}
