import { describe, expect, it } from 'vitest'
import { ApiProblem } from './problem.ts'

const remedyOf = (body: ConstructorParameters<typeof ApiProblem>[0]) => new ApiProblem(body, 400).remedy

describe('a remedy', () => {
  const filter =
    'Correct it at the place that `line` and `column` name; `hint` says how, where that is known.'

  it('is told whole where all that it speaks of is there', () => {
    expect(remedyOf({ remedy: filter, line: 1, column: 9, hint: 'Close it.' })).toBe(filter)
    expect(remedyOf({ remedy: 'Set `timeout`.' })).toBe('Set `timeout`.')
  })

  it('speaks of nothing that did not come', () => {
    expect(remedyOf({ remedy: filter, line: 1, column: 9 })).toBe(
      'Correct it at the place that `line` and `column` name.',
    )
    expect(remedyOf({ remedy: filter })).toBeUndefined()
  })

  it('speaks of faults where some are listed', () => {
    const remedy = 'Correct the options that `faults` lists.'
    expect(remedyOf({ remedy })).toBeUndefined()
    expect(remedyOf({ remedy, errors: [] })).toBeUndefined()
    expect(remedyOf({ remedy, errors: [{ pointer: '/types', message: 'must be a list' }] })).toBe(remedy)
  })
})
