import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Api } from '../api/client.ts'
import { DELIVERY } from '../api/delivery-query.ts'
import { useApi } from '../auth/context.ts'

/** Something that is done through the API; everything that shows deliveries is looked at again after it. */
export function useAction<Output, Input = void>(
  run: (api: Api, input: Input) => Promise<Output>,
  onDone?: (output: Output) => void,
) {
  const api = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (input: Input) => run(api, input),
    onSuccess: output => onDone?.(output),
    onSettled: () => void queries.invalidateQueries({ queryKey: [DELIVERY] }),
  })
}
