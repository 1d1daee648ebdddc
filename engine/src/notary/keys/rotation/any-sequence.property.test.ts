import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMemoryStore } from '../../../store/memory/index.ts'
import { decrypt, encrypt } from '../aes-gcm.ts'
import { createTestRoot } from '../fixtures/test-root.ts'
import { openKeyRing } from '../key-ring.ts'
import type { KeyRing } from '../port.ts'

type Step =
  | { readonly do: 'seal'; readonly subject: number; readonly ring: number }
  | { readonly do: 'destroy'; readonly subject: number; readonly ring: number }
  | { readonly do: 'rotate tenant' | 'rotate log' | 'new root' | 'restart'; readonly ring: number }

const subject = fc.integer({ min: 0, max: 3 })
const ring = fc.integer({ min: 0, max: 1 })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('seal' as const), subject, ring }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('destroy' as const), subject, ring }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'rotate tenant' as const,
        'rotate log' as const,
        'new root' as const,
        'restart' as const,
      ),
      ring,
    }),
  },
)

test('what was sealed opens after any sequence of rotations, unless its key was destroyed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async steps => {
      const [store, root] = [createMemoryStore(), createTestRoot()]
      // No time in which another process's destruction is not known.
      const open = () => openKeyRing(store, root.open(), { logName: 'log', cacheSize: 3, recheck: -1 })
      const rings: KeyRing[] = [await open(), await open()]
      const sealed: { kid: string; subject: number; text: Buffer; isDestroyed: boolean }[] = []
      for (const one of steps) {
        const ring = rings[one.ring] as KeyRing
        if (one.do === 'seal') {
          const [key] = await ring.dataKeys('acme', [{ subject: `usr-${one.subject}`, month: '2026-11' }])
          const { kid } = key!
          const iv = crypto.getRandomValues(new Uint8Array(12))
          const text = encrypt(key!.key, iv, kid, Buffer.from(`of ${one.subject}`))
          sealed.push({ kid, subject: one.subject, text, isDestroyed: false })
        } else if (one.do === 'destroy') {
          await ring.destroy('acme', await ring.kidsOf('acme', `usr-${one.subject}`))
          for (const entry of sealed) if (entry.subject === one.subject) entry.isDestroyed = true
        } else if (one.do === 'rotate tenant') await ring.rotateTenantKey('acme')
        else if (one.do === 'rotate log') await ring.rotateLogKey('acme')
        else if (one.do === 'restart') rings[one.ring] = await open()
        else {
          root.rotate()
          for (const at of [0, 1]) rings[at] = await open()
          await (rings[0] as KeyRing).rewrapRoot()
          root.dropOld()
        }
      }
      for (const reader of [...rings, await open()]) {
        await reader.check('acme', { isWhole: true })
        const keys = await reader.keysOf(
          'acme',
          sealed.map(({ kid }) => kid),
        )
        for (const { kid, subject, text, isDestroyed } of sealed) {
          const key = keys.get(kid)
          expect(key === undefined).toBe(isDestroyed)
          if (key) expect(Buffer.from(decrypt(key, kid, text) ?? []).toString()).toBe(`of ${subject}`)
        }
      }
    }),
    {
      numRuns: 150,
      // Once the rotation made the ring forget when it had last looked for destroyed keys.
      examples: [
        [
          [
            { do: 'seal', subject: 2, ring: 0 },
            { do: 'rotate tenant', ring: 0 },
            { do: 'destroy', subject: 2, ring: 1 },
          ],
        ],
      ],
    },
  )
})
