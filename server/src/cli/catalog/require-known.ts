import { nearestNames } from 'keelson'
import { CommandFailure, exitCodes } from '../exit-code.ts'

/** @throws CommandFailure with exit code 2 where no such name is known, with the nearest ones, or with `otherwise`. */
export function requireKnown(
  what: string,
  name: string | undefined,
  known: readonly string[],
  otherwise: string,
): void {
  if (name === undefined || known.includes(name)) return
  const nearest = nearestNames(name, known)
  const hint = nearest.length > 0 ? `did you mean ${nearest.join(', ')}?` : otherwise
  throw new CommandFailure(`There is no ${what} "${name}": ${hint}`, exitCodes.usage)
}
