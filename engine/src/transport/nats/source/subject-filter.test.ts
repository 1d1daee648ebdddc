import { describe, expect, it } from 'vitest'
import { filterSubjects } from './subject-filter.ts'

const every = { tenantId: 'every tenant' } as const
const acme = { tenantId: 'acme' }
const many = Array.from({ length: 40 }, (_, index) => `T${index}`)

describe('subjects for a filter', () => {
  it.each([
    ['nothing', every, {}, undefined],
    ['a tenant', acme, {}, ['k.*.acme.*']],
    ['a type', every, { types: ['A'] }, ['k.*.*.A']],
    ['a type twice', every, { types: ['A', 'A'] }, ['k.*.*.A']],
    ['types', every, { types: ['A', 'B'] }, ['k.*.*.A', 'k.*.*.B']],
    ['a topic, and what came without one', every, { topics: ['t'] }, ['k.t.*.*', 'k._.*.*']],
    ['both', acme, { types: ['A'], topics: ['t'] }, ['k.t.acme.A', 'k._.acme.A']],
    ['too many types', acme, { types: many }, ['k.*.acme.*']],
    ['no type at all, which no subject can say', every, { types: [] }, undefined],
  ])('of %s', (_, scope, filter, subjects) => {
    expect(filterSubjects('k', scope, filter, [2, 10, 0])).toEqual(subjects)
  })

  it.each([
    ['a type', every, { types: ['A'] }, ['k.*.*.A']],
    ['types', acme, { types: ['A', 'B'] }, ['k.*.acme.*']],
    ['a topic', every, { topics: ['t'] }, undefined],
  ])('where the server takes only one: of %s', (_, scope, filter, subjects) => {
    expect(filterSubjects('k', scope, filter, [2, 9, 10])).toEqual(subjects)
  })
})
