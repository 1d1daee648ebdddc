import { expect, it } from 'vitest'
import { pooledRandom } from '../../../core/index.ts'
import { sampleEvent, sealedEvent } from '../../../testing/index.ts'
import { toBatch } from '../../append/batch.ts'
import { prepareAppend } from '../../append/prepare.ts'
import { secretsOf } from '../../append/seal-secrets.ts'
import type { LogEvent } from '../../types.ts'
import { pickAppends } from './second-look.ts'

it('picks appends with all that belongs to their events', () => {
  const hiding = (kid: string) =>
    sealedEvent('acme', { name: kid, mail: kid }, { name: kid, mail: `${kid}-2` })
  const record: LogEvent = { ...sampleEvent('acme'), kind: 'erasure' }
  const lists: LogEvent[][] = [
    [hiding('k-a'), sampleEvent('acme')],
    [sampleEvent('acme')],
    [record, hiding('k-b'), hiding('k-c')],
  ]
  const appends = lists.map(events => prepareAppend('acme', [{ stream: 's', expected: 'any', events }]))
  const batch = toBatch(appends, pooledRandom())
  const picked = pickAppends(batch, [1, 2])
  const alone = toBatch(appends.slice(1), pooledRandom())
  expect({ ...picked, blinds: undefined, commitments: undefined }).toEqual({
    ...alone,
    blinds: undefined,
    commitments: undefined,
  })
  expect(picked.commitments).toEqual(batch.commitments.slice(2))
  expect(picked.kinds).toEqual(new Map([[1, 'erasure']]))
  expect(secretsOf(picked.secrets, 2)).toEqual(
    lists[2]?.[1]?.secrets?.map(({ kid, key, disclosures }) => ({ kid, key, disclosures })),
  )
  expect(secretsOf(picked.secrets, 0)).toEqual([])
  // Neither is wiped with the other.
  picked.secrets.keys.fill(0)
  expect(batch.secrets.keys.some(byte => byte !== 0)).toBe(true)
})
