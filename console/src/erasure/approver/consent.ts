import type { Api } from '../../api/client.ts'
import type { ApproverDraft } from '../../api/log-types.ts'
import { signRecord } from '../key/key-file.ts'
import type { ChosenKey } from '../key/key-file-input.tsx'

/**
 * Changes what an approver has to agree with, once there is one; what the server would record is asked for first, and
 * signed here.
 */
export async function changeWithConsent<Item>(
  api: Api,
  path: string,
  body: object,
  signer: ChosenKey | undefined,
): Promise<Item> {
  if (signer === undefined) return api.send<Item>(path, { method: 'POST', body })
  const { record } = await api.send<ApproverDraft>(path, { method: 'POST', body: { ...body, dryRun: true } })
  const consent = { name: signer.name, signature: signRecord(signer.seed, record) }
  const made = await api.send<Item>(path, { method: 'POST', body: { ...body, consent } })
  signer.seed.fill(0)
  return made
}
