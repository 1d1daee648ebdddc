const first = 1_000
const most = 5 * 60_000

/** Milliseconds before the next try after so many failures in a row, from 1. */
export const backoff = (failures: number): number => Math.min(most, first * 2 ** Math.min(failures - 1, 20))

/** For how long a removal belongs to the process that works on it, where nothing changes in it; milliseconds. */
export const lease = 30_000

/** How often a removal is looked at that a hold keeps back, where nobody was told of the release; milliseconds. */
export const holdLook = 60_000

/** How long after its completion a removal is looked at once more: longer than any process goes on using a destroyed key. */
export const aftercare = 5 * 60_000
