import type { EventFilter, Scope } from '../../../store/index.ts'
import type { ServerVersion } from '../connection/server-version.ts'
import { isAtLeast, severalSubjects } from '../connection/server-version.ts'
import { noTopic, toToken } from '../stream/subject.ts'

/** More subjects than this are no cheaper for the broker than all of them. */
const mostSubjects = 32

/**
 * The subjects that hold whatever a filter matches, and perhaps more; undefined is every one. Where the server takes one
 * subject alone, several become a wildcard.
 */
export function filterSubjects(
  root: string,
  scope: Scope,
  { types, topics }: EventFilter,
  version: ServerVersion,
): readonly string[] | undefined {
  const tenant = scope.tenantId === 'every tenant' ? '*' : toToken(scope.tenantId)
  const most = isAtLeast(version, severalSubjects) ? mostSubjects : 1
  const typeTokens = tokensOf(types, most)
  // What was sent without its topic may be of any.
  const topicTokens = tokensOf(topics, (most - 1) / typeTokens.length, [noTopic])
  const subjects = topicTokens.flatMap(topic => typeTokens.map(type => `${root}.${topic}.${tenant}.${type}`))
  return subjects.length === 1 && subjects[0] === `${root}.*.*.*` ? undefined : subjects
}

function tokensOf(
  names: readonly string[] | undefined,
  most: number,
  others: readonly string[] = [],
): readonly string[] {
  const tokens = [...new Set(names?.map(toToken))]
  return tokens.length === 0 || tokens.length + others.length > most ? ['*'] : [...tokens, ...others]
}
