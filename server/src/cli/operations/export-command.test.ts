import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { dataFolder } from './fixtures/data-folder.ts'

it('an export removes what one that was killed left under its name, and nothing else', async () => {
  await using data = await dataFolder()
  const longAgo = new Date(Date.now() - 11 * 60_000)
  const make = (name: string, at = longAgo): string => {
    writeFileSync(join(data.folder, name), 'half of it')
    utimesSync(join(data.folder, name), at, at)
    return name
  }
  const left = make(`acme.ndjson.part-${randomUUID()}`)
  const kept = [
    make(`acme.ndjson.part-${randomUUID()}`, new Date()),
    make(`globex.ndjson.part-${randomUUID()}`),
    make(`acme.ndjson.part-${randomUUID()}.txt`),
    make('acme.ndjson.part-1'),
    `acme.ndjson.part-${randomUUID()}`,
  ]
  mkdirSync(join(data.folder, kept.at(-1) as string))
  utimesSync(join(data.folder, kept.at(-1) as string), longAgo, longAgo)
  const parts = () => readdirSync(data.folder).filter(name => name.includes('.part-'))
  const run = () => data.run(['tenants', 'export', 'acme', '--output', 'acme.ndjson'])
  const { code, err } = await run()
  expect([code, err]).toEqual([0, expect.stringContaining(`${left}: removed`)])
  expect(parts().toSorted()).toEqual(kept.toSorted())
  // Also where the export was killed after its file had got its name.
  const late = make(`acme.ndjson.part-${randomUUID()}`)
  const again = await run()
  expect([again.code, again.err]).toEqual([5, expect.stringContaining(`${late}: removed`)])
  expect(parts().toSorted()).toEqual(kept.toSorted())
})
