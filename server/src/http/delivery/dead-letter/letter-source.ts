import { KeelsonError } from 'keelson'
import { failuresOf, showReplay } from 'keelson/delivery'
import type { ServerContext } from '../../server-context.ts'
import type { TenantViewer } from '../delivery-caller.ts'

/** Whose dead letters are meant: those of a subscription, or what a replay of the log could not do. */
export interface LetterSource {
  /** As the caller knows it. */
  readonly name: string
  readonly engineName: string
  readonly isReplay: boolean
}

/** Every subscription that may have dead letters of the tenant, in the order of the engine's names. */
export async function letterSources(
  { subscriptions }: ServerContext,
  viewer: TenantViewer,
): Promise<readonly LetterSource[]> {
  const seen = await subscriptions.list(viewer)
  return seen
    .filter(({ kind }) => kind === 'delivery')
    .map(({ name, engineName }) => ({ name, engineName, isReplay: false }))
    .toSorted((a, b) => (a.engineName < b.engineName ? -1 : 1))
}

const replayName = /^replay:([\w-]{1,100})$/

/** @throws KeelsonError `subscription_unknown`, also where the caller may not see it. */
export async function findLetterSource(
  { subscriptions, platform }: ServerContext,
  viewer: TenantViewer,
  name: string,
): Promise<LetterSource> {
  const id = replayName.exec(name)?.[1]
  if (id === undefined) {
    const { engineName, kind } = await subscriptions.find(viewer, name)
    if (kind === 'delivery') return { name, engineName, isReplay: false }
    throw new KeelsonError('request_invalid', `"${name}" is a projection: it has no dead letters`)
  }
  const run = await showReplay(platform.store, { tenantId: viewer.tenantId, id }).catch(error => {
    if (error instanceof KeelsonError && error.code === 'run_unknown')
      throw new KeelsonError('subscription_unknown', `There is no replay "${id}"`)
    throw error
  })
  return { name, engineName: failuresOf(run), isReplay: true }
}
