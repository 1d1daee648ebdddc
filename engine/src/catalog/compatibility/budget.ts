/** Thrown within a comparison when its steps are spent; it never leaves it. */
export class StepsSpent extends Error {}

/** Counts the steps of a comparison. What takes longer than a step costs more, so that the steps bound the time. */
export interface Budget {
  step(cost?: number): void
  readonly used: number
  /** Allows so many more steps from here on. */
  grant(steps: number): void
}

export function createBudget(steps: number): Budget {
  let used = 0
  let limit = steps
  return {
    step(cost = 1) {
      used += cost
      if (used > limit) throw new StepsSpent()
    },
    get used() {
      return used
    },
    grant(more) {
      limit = used + more
    },
  }
}

/** Runs something under the budget; undefined where it was spent on the way. */
export function withinBudget<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch (error) {
    if (error instanceof StepsSpent) return undefined
    throw error
  }
}
