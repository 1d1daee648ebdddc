import { KeelsonError } from 'keelson'
import type { CloudEventsOptions } from './cloudevents.ts'
import { createCloudEventsImporter } from './cloudevents.ts'
import { cloudtrail } from './cloudtrail.ts'
import { github } from './github.ts'
import { keelson } from './keelson.ts'
import { kubernetes } from './kubernetes.ts'
import type { Importer } from './port.ts'

/** Other names that people try. */
export const formatAliases: Readonly<Record<string, string>> = {
  aws: 'cloudtrail',
  cloudevent: 'cloudevents',
  gh: 'github',
  k8s: 'kubernetes',
  ndjson: 'keelson',
}

/** The importers by format; CloudEvents of a known type become that event. */
export function createImporters(options: CloudEventsOptions = {}): ReadonlyMap<string, Importer> {
  const all = [github, cloudtrail, kubernetes, createCloudEventsImporter(options), keelson]
  return new Map(all.map(importer => [importer.format, importer]))
}

/** The importers for a platform whose own types CloudEvents do not carry. */
export const importers: ReadonlyMap<string, Importer> = createImporters()

/**
 * The importer of a format, by its name or an alias, in any case.
 * @throws KeelsonError `format_unknown` naming the formats.
 */
export function importerFor(format: string, among: ReadonlyMap<string, Importer> = importers): Importer {
  const name = format.trim().toLowerCase()
  const alias = Object.hasOwn(formatAliases, name) ? formatAliases[name] : undefined
  const importer = among.get(alias ?? name)
  if (importer !== undefined) return importer
  const formats = [...among.keys()]
  throw new KeelsonError(
    'format_unknown',
    `There is no format "${format}": use one of ${formats.join(', ')}`,
    { formats },
  )
}
