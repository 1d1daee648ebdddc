import { Button, FileButton, Group, Text } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import { useState } from 'react'
import type { ApproverItem } from '../../api/log-types.ts'
import css from '../erasure.module.css'
import { longestFile, ownerOf, readPrivateKey } from './key-file.ts'

/** A private key that was chosen, and whose it is. It stays in the memory of this page. */
export interface ChosenKey {
  readonly name: string
  readonly seed: Uint8Array
}

interface KeyFileInputProps {
  readonly approvers: readonly ApproverItem[]
  readonly chosen: ChosenKey | undefined
  readonly onChoose: (key: ChosenKey | undefined) => void
}

/** Takes the key file of an approver. Neither the file nor the key leaves the browser. */
export function KeyFileInput({ approvers, chosen, onChoose }: KeyFileInputProps) {
  const [fault, setFault] = useState<string>()
  const take = async (file: File | null) => {
    if (file === null) return
    setFault(undefined)
    onChoose(undefined)
    try {
      if (file.size > longestFile) throw new TypeError('The file is too long for a key')
      const seed = readPrivateKey(new Uint8Array(await file.arrayBuffer()))
      const owner = ownerOf(seed, approvers)
      if (owner === undefined) throw new TypeError('It is the key of none of those who can sign here')
      onChoose({ name: owner.name, seed })
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error))
    }
  }
  return (
    <div>
      <Group gap="sm">
        <FileButton onChange={file => void take(file)} accept=".pem,.key,.p8,.der,application/x-pem-file">
          {props => (
            <Button {...props} size="xs" variant="default" leftSection={<IconKey size={14} />}>
              Choose a key file…
            </Button>
          )}
        </FileButton>
        <Text size="xs" c="dimmed" role="status">
          {chosen ? (
            <>
              the key of <strong>{chosen.name}</strong>
            </>
          ) : (
            'Ed25519, PKCS #8, PEM or DER; it stays in this browser'
          )}
        </Text>
      </Group>
      {fault !== undefined && (
        <p role="alert" className={css.fault}>
          {fault}
        </p>
      )}
    </div>
  )
}
