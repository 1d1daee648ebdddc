/** What the doctor can find, by name, and what to do about it. */
export const faultTable = {
  'database-damaged': {
    meaning: 'The database finds its own files, indexes or protection damaged.',
    remedy: 'Stop the server, keep a copy of the files, and restore the newest backup that is sound.',
  },
  'schema-old': {
    meaning: 'The database has the schema of an older version; nothing else was checked.',
    remedy: 'Start this version on it once, which brings the schema up to date, and check again.',
  },
  'move-unfinished': {
    meaning: 'The store is the target of a move that has not come to its end.',
    remedy: 'Run `keelson move` again until it says that it has finished.',
  },
  'position-gap': {
    meaning: 'Positions are not contiguous: events are missing from the log, or there twice.',
    remedy: 'Restore a backup; events were taken out of the database.',
  },
  'log-head': {
    meaning: 'The head of the log is not the position of its newest event.',
    remedy: 'Stop the server at once, so that no position is given twice, and restore a backup.',
  },
  'sequence-gap': {
    meaning: "Sequences of a tenant's log are not dense.",
    remedy: 'Restore a backup; events of the tenant were taken out or changed.',
  },
  'tenant-head': {
    meaning: "The head of a tenant's log is not what its events say.",
    remedy: 'Restore a backup, or read the last events of the tenant to see what is missing.',
  },
  'tenant-unknown': {
    meaning: 'Events belong to a tenant that the database does not have.',
    remedy: 'Restore a backup.',
  },
  'version-gap': {
    meaning: 'Versions of a stream are not dense.',
    remedy: 'Restore a backup; events of the stream were taken out or changed.',
  },
  'stream-head': {
    meaning: "A stream's version is not that of its newest event.",
    remedy: 'Restore a backup; appends to the stream would be refused or stored out of order.',
  },
  'stream-unknown': {
    meaning: 'Events stand in a stream that the database does not have, or that is of another tenant.',
    remedy: 'Restore a backup.',
  },
  'stream-empty': {
    meaning: 'A stream is there without an event.',
    remedy: 'Restore a backup if the stream had events; otherwise it does no harm.',
  },
  'stream-not-closed': {
    meaning: 'A stream was sealed or tombstoned, and the database has it as open.',
    remedy: 'Restore a backup; until then the stream takes events that it must not take.',
  },
  'closed-stream-grew': {
    meaning: 'A stream has events that were stored after it was sealed or tombstoned.',
    remedy: 'Compare with a backup: the events were written past Keelson.',
  },
  'type-unknown': {
    meaning: 'Events are of a type that the database does not have.',
    remedy: 'Restore a backup.',
  },
  'leaf-damaged': {
    meaning: 'A leaf is not the one that was stored: its form, its number or its hash is wrong.',
    remedy: 'Restore the event from a backup; the log was altered.',
  },
  'chain-broken': {
    meaning: "A leaf does not follow the one before it in the tenant's log.",
    remedy: 'Compare with a backup from this event on; the log was altered.',
  },
  'body-damaged': {
    meaning: 'A body is not the one that its leaf commits to.',
    remedy: 'Restore the event from a backup; its content was altered.',
  },
  'body-missing': {
    meaning: 'A body is gone, and the database does not say that it was archived or removed.',
    remedy: 'Restore the event from a backup.',
  },
  'body-left': {
    meaning: 'A body is still there although it was archived, removed or deleted.',
    remedy: 'Run the removal again (scavenge, archive or delete of the tenant).',
  },
  'body-foreign': {
    meaning: 'A body is another event than its row says: by id, tenant or type.',
    remedy: 'Restore the event from a backup.',
  },
  'secret-damaged': {
    meaning:
      'What is sealed beside a body is not what was stored, or cannot be found by its key to be erased.',
    remedy: 'Restore the event from a backup, and erase anew what was erased since.',
  },
  'event-id-missing': {
    meaning: 'An event is not found by its id, so that a repeat would be stored twice.',
    remedy: 'Restore a backup.',
  },
  'event-id-stray': {
    meaning: 'An event id points at no event, or at another one.',
    remedy: 'Restore a backup; an event with this id would be taken for a repeat.',
  },
  'link-missing': {
    meaning: 'An event is not found by a tag, its correlation or its causation.',
    remedy: 'Restore a backup; conditions on tags may not see the event.',
  },
  'link-stray': {
    meaning: 'A tag, correlation or causation points at no event, or at one that does not have it.',
    remedy: 'Restore a backup; reads by it give events that do not belong there.',
  },
  'key-stray': {
    meaning: 'An idempotency key points at events that are not there or of another tenant.',
    remedy: 'Restore a backup; an append with this key gets no receipts.',
  },
  'document-stray': {
    meaning: 'Documents belong to a tenant that was deleted, or that nothing else knows.',
    remedy: 'Delete the tenant again with `keelson tenants delete`; a cut off delete goes on.',
  },
  'document-damaged': {
    meaning: 'A document is not what was stored, and whatever reads it fails.',
    remedy: 'Stop the server, keep a copy of the files, and restore the newest backup that is sound.',
  },
  'deleted-left': {
    meaning: 'Something of a deleted tenant is still there.',
    remedy: 'Delete the tenant again with `keelson tenants delete`; a cut off delete goes on.',
  },
  'checkpoint-ahead': {
    meaning: 'A checkpoint stands beyond the end of the log: its reader would miss events.',
    remedy: 'The log lost its end, or the checkpoint is from another store: restore a backup.',
  },
  'archive-missing': {
    meaning: 'A segment of the archive is not in the folder.',
    remedy: 'Restore the blob from a backup of the archive.',
  },
  'archive-damaged': {
    meaning: 'A segment of the archive is not what was written.',
    remedy: 'Restore the blob from a backup of the archive.',
  },
  'archive-incomplete': {
    meaning: 'Bodies are archived, and no segment has them.',
    remedy: 'Restore a backup of the database from before the bodies were archived.',
  },
} as const satisfies Record<string, { readonly meaning: string; readonly remedy: string }>

export type FaultName = keyof typeof faultTable

/** Where a fault is and what is wrong there. */
export interface Finding {
  readonly problem: string
  readonly shard?: number
  readonly position?: number
  readonly tenant?: string
}

export interface Fault {
  readonly name: FaultName
  readonly meaning: string
  readonly remedy: string
  readonly count: number
  /** The first ones. */
  readonly findings: readonly Finding[]
}

const maxFindings = 20

/** Collects what is found, in bounded memory. */
export class Findings {
  readonly #found = new Map<FaultName, { count: number; first: Finding[] }>()

  add(name: FaultName, finding: Finding): void {
    const found = this.#found.get(name) ?? { count: 0, first: [] }
    found.count += 1
    if (found.first.length < maxFindings) found.first.push(finding)
    this.#found.set(name, found)
  }

  /** In the order of the table. */
  faults(): Fault[] {
    return (Object.keys(faultTable) as FaultName[]).flatMap(name => {
      const found = this.#found.get(name)
      return found ? [{ name, ...faultTable[name], count: found.count, findings: found.first }] : []
    })
  }
}
