import { compareBothWays } from 'keelson'
import type { ExportFormat } from '../../catalog/index.ts'
import { exportDocument, exportFormats, filterDocument } from '../../catalog/index.ts'
import { serverVersion } from '../../start/version.ts'
import { CommandFailure, exitCodes } from '../exit-code.ts'
import { contextNames, ofContext } from './catalog-part.ts'
import type { CatalogSource } from './catalog-source.ts'
import { requireKnown } from './require-known.ts'
import { writeOutput } from './write-output.ts'

export interface ExportFlags {
  readonly format: string
  readonly output?: string
  readonly context?: string
  readonly force?: boolean
}

/** Writes the catalogue in a format. @throws CommandFailure with exit code 2 for an unknown one. */
export async function exportCatalog(source: CatalogSource, flags: ExportFlags): Promise<void> {
  const { format, context } = flags
  if (!Object.hasOwn(exportFormats, format)) {
    const known = Object.keys(exportFormats).join(', ')
    throw new CommandFailure(`There is no format "${format}"; there are ${known}`, exitCodes.usage)
  }
  const contexts = contextNames(source.document)
  requireKnown('context', context, contexts, `there are ${contexts.join(', ')}`)
  const document = filterDocument(source.document, ofContext(context))
  if (document.events.length === 0)
    throw new CommandFailure(`No event is of the context "${context}"`, exitCodes.notFound)
  const types = new Set(document.events.map(event => event.type))
  const versions = new Map([...(await source.allVersions())].filter(([type]) => types.has(type)))
  const options = {
    version: serverVersion(),
    versions,
    compare: compareBothWays,
    compareOwn: compareBothWays,
  }
  const made = exportDocument(document, format as ExportFormat, options)
  await writeOutput(made, flags.output, flags.force === true)
}
