import { describe, expect, it } from 'vitest'
import { driftOf, wantedStream } from './stream-config.ts'
import { checkStreamOptions, streamName, subjectRoot } from './stream-options.ts'

describe('options of streams', () => {
  it('have defaults, and names by partition', () => {
    const settings = checkStreamOptions({})
    expect([streamName(settings, 3), subjectRoot(settings, 3)]).toEqual(['KEELSON_3', 'keelson.3'])
  })

  it('are refused with every fault at once', () => {
    const wrong = { name: 'a.b', subject: 'a.>', maxAge: 5, replicas: 2, duplicateWindow: 1, maxBytes: 0 }
    const pointers = ['name', 'subject', 'maxAge', 'maxBytes', 'replicas', 'duplicateWindow']
    let thrown: unknown
    try {
      checkStreamOptions(wrong)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({
      code: 'delivery_options_invalid',
      details: { faults: pointers.map(key => ({ pointer: `/stream/${key}` })) },
    })
  })

  it('tell what a stream differs in, and whether it can be used all the same', () => {
    const wanted = wantedStream(checkStreamOptions({}), 0)
    expect(driftOf(wanted, wanted)).toBeUndefined()
    expect(driftOf(wanted, { ...wanted, max_bytes: 5 })).toEqual({
      wanted: { max_bytes: -1 },
      present: { max_bytes: 5 },
      isEssential: false,
    })
    expect(driftOf(wanted, { ...wanted, retention: 'workqueue' })?.isEssential).toBe(true)
    expect(driftOf(wanted, { ...wanted, subjects: ['other.>'] })?.isEssential).toBe(true)
    expect(driftOf(wanted, { ...wanted, max_msgs_per_subject: 1 })?.isEssential).toBe(true)
  })
})
