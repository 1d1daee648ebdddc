import type { RecordedEvent } from '../../store/index.ts'

/** Ids of the keys whose sealed disclosures the event still has. */
export const kidsOfEvent = ({ secrets }: Pick<RecordedEvent, 'secrets'>): string[] =>
  secrets === '' ? [] : secrets.split(' ').map(text => text.slice(0, text.indexOf(':')))
