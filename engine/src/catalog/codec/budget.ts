/** Counts steps of work that input decides on, and fails after so many. */
export interface Budget {
  spend(steps?: number): void
}

export function createBudget(limit: number, fail: () => Error): Budget {
  let left = limit
  return {
    spend(steps = 1) {
      left -= steps
      if (left < 0) throw fail()
    },
  }
}
