import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Api } from '../api/client.ts'
import { LOG } from '../api/log-query.ts'
import { useApi } from '../auth/context.ts'

/** Something that is done through the API; everything that shows the log is looked at again after it. */
export function useLogAction<Output, Input = void>(
  run: (api: Api, input: Input) => Promise<Output>,
  onDone?: (output: Output) => void,
) {
  const api = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (input: Input) => run(api, input),
    onSuccess: output => onDone?.(output),
    onSettled: () => void queries.invalidateQueries({ queryKey: [LOG] }),
  })
}
