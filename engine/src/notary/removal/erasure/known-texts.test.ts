import { expect, it } from 'vitest'
import { createHandClock } from '../fixtures/setting.ts'
import { KnownTexts } from './known-texts.ts'

async function* groups(...sizes: readonly number[]): AsyncGenerator<ReadonlySet<string>> {
  let next = 0
  for (const size of sizes) {
    const first = next
    next += size
    yield new Set(Array.from({ length: size }, (_, at) => `text ${first + at}`))
  }
}

it('texts are known until they are forgotten, or for as long as was said', async () => {
  const clock = createHandClock()
  const known = new KnownTexts(clock)
  await known.keep('one', groups(2, 1), 1_000)
  await known.keep('two', groups(), 2_000)
  expect(known.of('one')?.map(({ size }) => size)).toEqual([2, 1])
  // That nothing was sealed is known, too.
  expect(known.of('two')).toEqual([])
  clock.move(1_001)
  expect([known.of('one'), known.of('two')]).toEqual([undefined, []])
  known.forget('two')
  expect(known.of('two')).toBeUndefined()
})

it('of too many none is known', async () => {
  const known = new KnownTexts(createHandClock())
  await known.keep('one', groups(60_000, 40_001), 1_000)
  expect(known.of('one')).toBeUndefined()
  await known.keep('one', groups(60_000, 40_000), 1_000)
  expect(known.of('one')).toHaveLength(2)
})
