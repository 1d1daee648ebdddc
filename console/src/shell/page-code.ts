import { ApiProblem } from '../api/problem.ts'

/** Code of what is fetched when it is first shown, and why it does not come: the page has to be loaded anew then. */
export const CODE_MISSING = 'code_missing'

/**
 * Fetches the code of a page. Where it does not come, the browser remembers that, and would not ask for it again.
 * @throws ApiProblem `code_missing`.
 */
export const pageCode =
  <Module>(load: () => Promise<Module>) =>
  (): Promise<Module> =>
    load().catch((cause: unknown) => {
      throw new ApiProblem(
        {
          code: CODE_MISSING,
          title: 'This page could not be fetched',
          detail: 'The server cannot be reached, or it has a newer console by now: try again.',
        },
        0,
        cause,
      )
    })

/** Loads the console anew where the server answers; until then what is shown stays, as the browser's own page helps nobody. */
export async function loadAnew(): Promise<void> {
  const isThere = await fetch('/healthz', { cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => false,
  )
  if (isThere) location.reload()
}
