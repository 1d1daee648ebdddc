import { Button, Group, NumberInput, SegmentedControl, Text, Textarea, TextInput } from '@mantine/core'
import { IconDownload, IconKey } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import type { ApproverItem } from '../../api/log-types.ts'
import { Confirm } from '../../delivery/confirm.tsx'
import { fileNameOf, saveFile } from '../../log/save-file.ts'
import { useLogAction } from '../../log/use-log-action.ts'
import { isApproverName, privateKeyText, verifierKey } from '../key/key-file.ts'
import { type ChosenKey, KeyFileInput } from '../key/key-file-input.tsx'
import { changeWithConsent } from './consent.ts'

interface RegisterApproverProps {
  readonly active: readonly ApproverItem[]
  readonly onClose: () => void
}

/** Registers an approver by a key that is made here, or by one that somebody has made elsewhere. */
export function RegisterApprover({ active, onClose }: RegisterApproverProps) {
  const [isMade, setMade] = useState(true)
  const [key, setKey] = useState('')
  const [needed, setNeeded] = useState<number | ''>('')
  const [signer, setSigner] = useState<ChosenKey>()
  const action = useLogAction(
    api =>
      changeWithConsent<ApproverItem>(
        api,
        '/v1/approvers',
        { key: key.trim(), ...(needed === '' ? {} : { approvalsNeeded: needed }) },
        signer,
      ),
    onClose,
  )
  return (
    <Confirm
      opened
      onClose={onClose}
      title="Register an approver"
      verb="Register"
      isReady={key.trim() !== '' && (active.length === 0 || signer !== undefined)}
      action={action}
    >
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label="Where the key is from"
        value={isMade ? 'made' : 'given'}
        onChange={value => {
          setMade(value === 'made')
          setKey('')
        }}
        data={[
          { value: 'made', label: 'Make a key pair here' },
          { value: 'given', label: 'I have a verifier key' },
        ]}
      />
      {isMade ? (
        <NewPair onKey={setKey} />
      ) : (
        <Textarea
          label="Verifier key"
          description="name+id+base64; its name is the name of the approver"
          spellCheck={false}
          autosize
          minRows={2}
          maxLength={400}
          value={key}
          onChange={event => setKey(event.currentTarget.value)}
        />
      )}
      <NumberInput
        label="Signatures that an erasure needs from now on"
        description="Empty: as it is now, at first 1"
        min={1}
        max={100}
        allowDecimal={false}
        value={needed}
        onChange={value => setNeeded(value === '' ? '' : Number(value))}
      />
      {active.length > 0 && (
        <div>
          <Text size="sm" mb={6}>
            One of the approvers agrees by signing this change:
          </Text>
          <KeyFileInput approvers={active} chosen={signer} onChoose={setSigner} />
        </div>
      )}
    </Confirm>
  )
}

/** Makes a key pair; its verifier key is given on when the private part was handed over as a file. */
function NewPair({ onKey }: { readonly onKey: (key: string) => void }) {
  const [name, setName] = useState('')
  const [seed, setSeed] = useState<Uint8Array>()
  // It is in the file now, and here it is of no use any more.
  useEffect(() => () => void seed?.fill(0), [seed])
  const make = () => {
    const made = crypto.getRandomValues(new Uint8Array(32))
    setSeed(made)
    saveFile(`approver-${fileNameOf(name)}.pem`, privateKeyText(made))
    onKey(verifierKey(name, made))
  }
  const isGood = isApproverName(name)
  return (
    <div>
      <TextInput
        label="Name"
        description="Without spaces and plus signs; it stands in the log"
        spellCheck={false}
        autoComplete="off"
        maxLength={128}
        data-autofocus
        disabled={seed !== undefined}
        error={name !== '' && !isGood && 'A name has no spaces and no plus signs'}
        value={name}
        onChange={event => setName(event.currentTarget.value)}
      />
      <Group gap="sm" mt="sm" wrap="nowrap">
        <Button
          size="xs"
          variant="default"
          style={{ flex: 'none' }}
          leftSection={seed ? <IconDownload size={14} /> : <IconKey size={14} />}
          disabled={!isGood || seed !== undefined}
          onClick={make}
        >
          {seed ? 'The private key is in your downloads' : 'Make it, and download the private key'}
        </Button>
      </Group>
      <Text size="xs" c="dimmed" mt={6}>
        {seed
          ? 'Give that file to the approver alone: there is no other copy, and the server never had one.'
          : 'It is made in this browser. The server gets the public part only.'}
      </Text>
    </div>
  )
}
