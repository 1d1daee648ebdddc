/**
 * What a call of the library gives, within so many milliseconds. Over a line that breaks amidst an exchange the library waits
 * for a minute, whatever it was told, and does not always heed its signal. @throws the signal's reason.
 */
export async function inTime<Result>(
  milliseconds: number,
  signal: AbortSignal,
  call: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const over = AbortSignal.any([signal, AbortSignal.timeout(milliseconds)])
  const { promise, reject } = Promise.withResolvers<never>()
  const giveUp = () => reject(over.reason)
  over.addEventListener('abort', giveUp, { once: true })
  try {
    return await Promise.race([call(over), promise])
  } finally {
    over.removeEventListener('abort', giveUp)
  }
}
