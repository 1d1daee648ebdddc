import { expect, it } from 'vitest'
import { ApiProblem } from '../../api/problem.ts'
import { faultsOf } from './faults.ts'

it('a filter that cannot be read is a fault of its field', () => {
  const detail = 'A value is missing at line 1, column 17.'
  const problem = new ApiProblem({ code: 'filter_invalid', detail }, 400)
  expect(faultsOf(problem)).toEqual([{ pointer: '/filter', message: detail }])
})

it('what names its field stays there, and what is of no field is none', () => {
  const errors = [{ pointer: '/name', message: 'must be shorter' }]
  expect(faultsOf(new ApiProblem({ code: 'invalid_request', errors }, 400))).toEqual(errors)
  expect(faultsOf(new ApiProblem({ code: 'subscription_exists' }, 409))).toEqual([])
  expect(faultsOf(null)).toEqual([])
})
