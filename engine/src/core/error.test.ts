import { describe, expect, it } from 'vitest'
import type { ErrorCode } from './error.ts'
import { KeelsonError, toKeelsonError } from './error.ts'
import { errorTable } from './error-table.ts'

describe('the table of errors', () => {
  it.each(Object.entries(errorTable))(
    '%s is a word, with a status, a meaning and a remedy',
    (code, entry) => {
      expect(code).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/)
      expect(entry.status).toBeGreaterThanOrEqual(400)
      expect(entry.status).toBeLessThan(600)
      expect(typeof entry.retryable).toBe('boolean')
      for (const sentence of [entry.meaning, entry.remedy]) {
        expect(sentence).toMatch(/^[A-Z"`a-z].{9,120}\.$/)
        expect(sentence.trim()).toBe(sentence)
      }
      expect(Object.keys(entry).sort()).toEqual(['meaning', 'remedy', 'retryable', 'status'])
    },
  )

  it('does not ask to repeat what the sender must change, and does ask where the service is unavailable', () => {
    for (const [code, { status, retryable }] of Object.entries(errorTable)) {
      if ([400, 401, 403, 404, 405, 413, 415, 422].includes(status))
        expect({ code, retryable }).toEqual({ code, retryable: false })
      if ([408, 429, 503].includes(status)) expect({ code, retryable }).toEqual({ code, retryable: true })
    }
  })

  it('has a meaning of its own for each code', () => {
    const meanings = Object.values(errorTable).map(entry => entry.meaning)
    expect(new Set(meanings).size).toBe(meanings.length)
  })
})

describe('KeelsonError', () => {
  it('carries code, message, details and cause, and what the table says', () => {
    const cause = new Error('disk')
    const error = new KeelsonError('store_busy', 'Wait.', { retryAfterSeconds: 1 }, cause)
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({
      name: 'KeelsonError',
      code: 'store_busy',
      message: 'Wait.',
      details: { retryAfterSeconds: 1 },
      cause,
      status: 503,
      retryable: true,
    })
  })

  it('says what its code means where it is given no message', () => {
    const error = new KeelsonError('store_closed')
    expect(error.message).toBe(errorTable.store_closed.meaning)
    expect(error.details).toEqual({})
    expect('cause' in error).toBe(false)
  })

  it('is what anything thrown becomes', () => {
    const own = new KeelsonError('not_found')
    expect(toKeelsonError(own, 'store_failed')).toBe(own)
    const thrown = new TypeError('x is undefined')
    expect(toKeelsonError(thrown)).toMatchObject({ code: 'internal_error', cause: thrown })
    // What went wrong inside is not told to the outside.
    expect(toKeelsonError(thrown).message).toBe(errorTable.internal_error.meaning)
    expect(toKeelsonError('text', 'store_failed' satisfies ErrorCode)).toMatchObject({
      code: 'store_failed',
      cause: 'text',
    })
  })
})
