import { describe, expect, it } from 'vitest'
import { checkVersion, isAtLeast, parseVersion } from './server-version.ts'

describe('the version of a server', () => {
  it.each([
    ['2.9.10', [2, 9, 10]],
    ['v2.15.1', [2, 15, 1]],
    ['2.11.0-RC.3', [2, 11, 0]],
    ['2.9', undefined],
    ['', undefined],
    ['newest', undefined],
  ])('%s is read as numbers', (text, parts) => {
    expect(parseVersion(text)).toEqual(parts)
  })

  it.each([
    ['2.15.1', true],
    ['2.9.0', true],
    ['2.10.0', true],
    ['3.0.0', true],
    ['2.8.99', false],
    ['1.20.30', false],
  ])('%s will do: %s', (text, isFine) => {
    const check = () => checkVersion(text)
    if (isFine) expect(check()).toEqual(parseVersion(text))
    else expect(check).toThrow(expect.objectContaining({ code: 'transport_too_old' }))
  })

  it('is no version where it says nothing', () => {
    expect(() => checkVersion('')).toThrow(expect.objectContaining({ code: 'transport_too_old' }))
  })

  it('is compared by numbers and not by letters', () => {
    expect([isAtLeast([2, 15, 0], [2, 9, 0]), isAtLeast([2, 9, 0], [2, 15, 0])]).toEqual([true, false])
  })
})
