import type { RecordedEvent } from '../../store/index.ts'

/** Ids of the keys whose sealed disclosures the event still has. */
export const kidsOfEvent = ({ secrets }: Pick<RecordedEvent, 'secrets'>): string[] =>
  secrets === '' ? [] : secrets.split(' ').map(text => text.slice(0, text.indexOf(':')))

/** What each key sealed of an event. */
export const sealedTexts = (
  secrets: string,
): readonly { readonly kid: string; readonly bytes: Uint8Array }[] =>
  secrets === ''
    ? []
    : secrets.split(' ').map(text => {
        const colon = text.indexOf(':')
        return { kid: text.slice(0, colon), bytes: Buffer.from(text.slice(colon + 1), 'base64url') }
      })
