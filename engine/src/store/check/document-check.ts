import { platformTenant } from '../../core/index.ts'
import type { Findings } from './fault.ts'
import type { StoreInspection } from './inspection.ts'

/** Documents belong to tenants that have a log, or that the caller knows, and are JSON. */
export async function checkDocuments(
  store: StoreInspection,
  known: ReadonlySet<string>,
  findings: Findings,
): Promise<number> {
  let documents = 0
  let stray: { tenant: string; count: number } | undefined
  const report = () => {
    if (stray)
      findings.add('document-stray', {
        tenant: stray.tenant,
        problem: `${stray.count} ${stray.count === 1 ? 'document belongs' : 'documents belong'} to it`,
      })
    stray = undefined
  }
  for await (const page of store.scan('document')) {
    documents += page.length
    for (const { tenant, collection, id, value } of page) {
      if (!isJson(value))
        findings.add('document-damaged', {
          tenant,
          problem: `the document "${id}" of ${collection} is no JSON`,
        })
      if (tenant === platformTenant || known.has(tenant)) continue
      if (stray?.tenant !== tenant) report()
      stray = { tenant, count: (stray?.count ?? 0) + 1 }
    }
  }
  report()
  return documents
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** No checkpoint stands beyond the end of the longest shard. */
export async function checkCheckpoints(
  store: StoreInspection,
  newest: number,
  findings: Findings,
): Promise<void> {
  for await (const page of store.scan('checkpoint'))
    for (const { name, position } of page)
      if (position > newest)
        findings.add('checkpoint-ahead', {
          position,
          problem: `the checkpoint "${name}" stands at ${position}, the log ends at ${newest}`,
        })
}
