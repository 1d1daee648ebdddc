import { openDisclosures, sealDisclosures } from '../../proof/index.ts'
import type { RemovalKeys } from './port.ts'

/**
 * The subject, sealed under a key of its own as `kid:base64url`: it can be read as long as its data can, and is gone
 * with its keys. `use` names the document that keeps it.
 */
export async function sealSubject(
  ring: RemovalKeys,
  { tenantId, subject, now, use }: { tenantId: string; subject: string; now: number; use: string },
): Promise<string> {
  const month = new Date(now).toISOString().slice(0, 'YYYY-MM'.length)
  const [made] = await ring.dataKeys(tenantId, [{ subject, month }])
  if (made === undefined) throw new TypeError('The key ring gave no key')
  const sealed = sealDisclosures(made.key, aadOf(tenantId, use, made.kid), [subject])
  return `${made.kid}:${Buffer.from(sealed).toString('base64url')}`
}

/** Undefined once its key was destroyed. */
export async function openSubject(
  ring: RemovalKeys,
  { tenantId, sealed, use }: { tenantId: string; sealed: string; use: string },
): Promise<string | undefined> {
  const colon = sealed.indexOf(':')
  const kid = sealed.slice(0, colon)
  const key = (await ring.keysOf(tenantId, [kid])).get(kid)
  if (key === undefined) return undefined
  const bytes = Buffer.from(sealed.slice(colon + 1), 'base64url')
  return openDisclosures(key, aadOf(tenantId, use, kid), bytes)[0]
}

const aadOf = (tenantId: string, use: string, kid: string): string => `${tenantId}|${use}|${kid}`
