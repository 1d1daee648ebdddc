import { completeEvent, createIdSource, KeelsonError, systemClock } from 'keelson'
import { createMemoryStore } from 'keelson/memory'

// A course has two places. The decision depends on every enrolment in it, whichever student's stream that is in:
// so it is appended only if nothing that it depends on was appended since it was read.
const store = createMemoryStore()
const ids = createIdSource(systemClock)
const places = 2

async function enrol(student: string, course: string): Promise<string> {
  const query = [{ types: ['StudentEnrolled'], tags: [`course:${course}`] }]
  const after = await store.head({ tenantId: 'acme' })
  const enrolled = await Array.fromAsync(store.readAll({ tenantId: 'acme' }, { filter: { query } }))
  if (enrolled.length >= places) return 'full'
  const event = completeEvent(
    {
      eventType: 'StudentEnrolled',
      occurredAt: '2026-06-11T09:00:01Z',
      payload: { student, course },
      metadata: { tags: [`course:${course}`, `student:${student}`] },
    },
    { tenantId: 'acme', ids, now: systemClock.now(), source: 'school' },
  )
  const write = { stream: `Student-${student}`, expected: 'any', events: [event] } as const
  try {
    await store.append('acme', [write], { unless: { query, after } })
    return 'enrolled'
  } catch (error) {
    if (error instanceof KeelsonError && error.code === 'append_condition_failed')
      return enrol(student, course)
    throw error
  }
}

// All at once: each has read the same, but only two get a place.
const answers = await Promise.all(['ada', 'bob', 'cyd', 'dan'].map(student => enrol(student, 'logic')))
for (const answer of answers.toSorted()) console.log(answer)
await store.close()
