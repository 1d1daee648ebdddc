import { Button, Checkbox, Group, NumberInput, Text } from '@mantine/core'
import { IconPackageExport } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import type { LogStatusView } from '../api/log-types.ts'
import { useApi } from '../auth/context.ts'
import { Part } from '../catalog/page/page-frame.tsx'
import delivery from '../delivery/page.module.css'
import { DownloadButton } from '../log/download-button.tsx'
import { useLogPermissions } from '../log/permission.ts'
import { fileNameOf } from '../log/save-file.ts'
import { Command } from '../ui/command.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { openTarget } from './bundle-target.ts'
import { fetchBundle } from './fetch-bundle.ts'
import css from './integrity.module.css'
import { bundleSizeText } from './words.ts'

/** Evidence to take along: the head, and a bundle of all entries or of a range. */
export function BundlePart({ status }: { readonly status: LogStatusView }) {
  const { size, origin } = status
  const api = useApi()
  const { seesPersonal } = useLogPermissions()
  const [from, setFrom] = useState<number | ''>('')
  const [to, setTo] = useState<number | ''>('')
  const [withPersonal, setWithPersonal] = useState(false)
  const [received, setReceived] = useState(0)
  const first = from === '' ? 0 : from
  const behind = to === '' ? size : to
  const isRange = first < behind && behind <= size
  const stop = useRef(new AbortController())
  const action = useMutation({
    mutationFn: async () => {
      setReceived(0)
      const target = await openTarget(`${fileNameOf(origin)}.tar`)
      if (target === undefined) return
      stop.current = new AbortController()
      const { signal } = stop.current
      const query = {
        ...(from === '' ? {} : { from }),
        ...(to === '' ? {} : { to }),
        personal: withPersonal ? 'shown' : 'hidden',
      }
      await fetchBundle(api, target, { query, onProgress: setReceived, signal }).catch(error => {
        // Whoever stops it needs not be told.
        if (!signal.aborted) throw error
      })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isRange && !action.isPending) action.mutate()
  }
  return (
    <Part title="Take the evidence along">
      <p className={delivery.help}>
        A bundle is a tar with the signed head, the leaves, what they commit to, and the tiles of the tree. It
        is verified without this server, with our command or with the tools that its{' '}
        <span className="mono">VERIFY.md</span> names.
      </p>
      <form onSubmit={submit} className={css.bundle}>
        <NumberInput
          size="xs"
          label="From leaf"
          placeholder="0"
          min={0}
          max={Math.max(0, size - 1)}
          w={130}
          hideControls
          value={from}
          onChange={value => setFrom(value === '' ? '' : Number(value))}
        />
        <NumberInput
          size="xs"
          label="To before leaf"
          placeholder={String(size)}
          min={1}
          max={size}
          w={130}
          hideControls
          value={to}
          onChange={value => setTo(value === '' ? '' : Number(value))}
        />
        <Checkbox
          size="xs"
          label="with personal fields"
          checked={withPersonal}
          disabled={!seesPersonal}
          title={seesPersonal ? undefined : 'This key does not see personal fields'}
          onChange={event => setWithPersonal(event.currentTarget.checked)}
        />
        <Button
          type="submit"
          size="xs"
          leftSection={<IconPackageExport size={14} />}
          loading={action.isPending}
          disabled={!isRange}
        >
          Download the bundle
        </Button>
        {action.isPending && (
          <Button size="xs" variant="default" onClick={() => stop.current.abort()}>
            Stop
          </Button>
        )}
        <Text size="xs" c="dimmed" role="status">
          {action.isPending
            ? `${(received / 1e6).toFixed(1)} MB so far`
            : isRange
              ? bundleSizeText(behind - first)
              : `Leaves 0 to ${size - 1} are there`}
        </Text>
      </form>
      {withPersonal && (
        <Text size="xs" c="dimmed" mt={6}>
          A bundle with personal fields is a copy that an erasure does not reach; it is remembered that it was
          made.
        </Text>
      )}
      {action.isError && <ProblemAlert error={action.error} />}
      <Group gap="xs" mt="sm" align="center">
        <DownloadButton path="/v1/log/checkpoint" fileName="checkpoint.txt">
          Download the checkpoint
        </DownloadButton>
        <span className={css.command}>
          <Command text="keelson verify BUNDLE.tar" />
        </span>
      </Group>
    </Part>
  )
}
