/** Whether KEELSON_LONG_TESTS asks for as much as finds what is rare; else a test does what fits in a usual run. */
const isLong = Boolean(process.env['KEELSON_LONG_TESTS'])

/** How much of something a test does: events of a race, runs of a property, sizes of a tree. */
export const inLongRun = (long: number, usual: number): number => (isLong ? long : usual)
