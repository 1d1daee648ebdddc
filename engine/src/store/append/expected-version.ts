import { KeelsonError } from '../../core/index.ts'
import type { ExpectedVersion } from '../types.ts'

/** @throws KeelsonError `version_conflict` with `stream`, `expected` and `actual` where the stream is elsewhere. */
export function checkExpectedVersion(stream: string, expected: ExpectedVersion, actual: number): void {
  const isMet =
    expected === 'any' ||
    (expected === 'none' && actual === 0) ||
    (expected === 'exists' && actual > 0) ||
    expected === actual
  if (isMet) return
  const wanted =
    typeof expected === 'number'
      ? `at version ${expected}`
      : expected === 'none'
        ? 'without events'
        : 'existing'
  throw new KeelsonError(
    'version_conflict',
    `The stream "${stream}" was expected ${wanted}, but it is at version ${actual}`,
    {
      stream,
      expected,
      actual,
    },
  )
}
