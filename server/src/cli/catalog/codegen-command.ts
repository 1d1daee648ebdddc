import type { CatalogDocument } from 'keelson'
import { toTypeScript } from 'keelson'
import { CommandFailure, exitCodes } from '../exit-code.ts'
import type { CatalogSource } from './catalog-source.ts'
import { writeOutput } from './write-output.ts'

export interface CodegenFlags {
  readonly lang: string
  readonly output?: string
}

/** By the names that people use; the values are quicktype's. */
const languages = {
  python: 'python',
  go: 'go',
  csharp: 'csharp',
  java: 'java',
  kotlin: 'kotlin',
  swift: 'swift',
  rust: 'rust',
  ruby: 'ruby',
  php: 'php',
  dart: 'dart',
  cpp: 'cpp',
} as const
type Language = keyof typeof languages

export const codegenLanguages: readonly string[] = ['ts', ...Object.keys(languages)]

/** Writes types for the payloads of all events in a language. */
export async function generateCode(source: CatalogSource, flags: CodegenFlags): Promise<void> {
  const { lang, output } = flags
  if (!codegenLanguages.includes(lang))
    throw new CommandFailure(
      `There is no language "${lang}"; there are ${codegenLanguages.join(', ')}`,
      exitCodes.usage,
    )
  const { document } = source
  if (lang === 'ts') {
    await writeOutput(toTypeScript(document, await source.allVersions()), output, false)
    return
  }
  const files = await generateTypes(document, lang as Language)
  const [[name = '', text = ''] = []] = files
  // Java and the like have a file for each class, and need a folder.
  const isOne = files.size === 1
  await writeOutput(isOne && name !== '' ? text : files, output, false)
}

/** Files by name, each event's payload a type of its own name. */
export async function generateTypes(
  { events }: CatalogDocument,
  language: Language,
): Promise<ReadonlyMap<string, string>> {
  const { FetchingJSONSchemaStore, InputData, JSONSchemaInput, quicktypeMultiFile } = await import(
    'quicktype-core'
  )
  const input = new JSONSchemaInput(new FetchingJSONSchemaStore())
  for (const { type, schema } of events)
    await input.addSource({ name: type, schema: JSON.stringify(withoutId(schema)) })
  const inputData = new InputData()
  inputData.addInput(input)
  const made = await quicktypeMultiFile({
    inputData,
    lang: languages[language],
    combineClasses: false,
    // A payload that happens to look like a map or a date is still what its schema says.
    inferMaps: false,
    inferDateTimes: false,
    leadingComments: ['Made from the catalogue of Keelson: change the definitions, and make it anew.'],
    rendererOptions: language === 'csharp' ? { namespace: 'Keelson.Events' } : { package: 'events' },
  })
  return new Map([...made].map(([name, { lines }]) => [name, `${lines.join('\n').trimEnd()}\n`]))
}

/** Its `$id` would be looked up, and `$schema` is of no use here. */
function withoutId(schema: CatalogDocument['events'][number]['schema']) {
  const { $id: _, $schema: __, examples: ___, ...rest } = schema
  return rest
}
