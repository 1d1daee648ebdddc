import type { Unit } from '../bus/index.ts'
import type { RecordedEvent, Statement } from '../store/index.ts'

/** How a tenant's rows are removed, some at a time so that others need not wait. */
export interface Forgetting {
  /** Has a row as long as the tenant has rows. */
  readonly left: Statement
  /** Removes some of them. */
  readonly step: readonly Statement[]
}

/** A read model: tables, and how each event changes them. */
export interface ProjectionDefinition {
  readonly name: string
  /** Raised when the tables or the handling change; a new version names its tables anew and fills them from the whole log. */
  readonly version: number
  /** Statements that make the tables, for each dialect where they differ; each must do nothing where its table exists. */
  readonly schema: readonly string[] | Readonly<Record<'sqlite' | 'postgres', readonly string[]>>
  /** Writes what the event changes, in the unit's dialect. Pure but for `unit`: the same event gives the same statements. */
  readonly handle: (event: RecordedEvent, unit: Unit) => void
  /** Removes what the tables have of a tenant that is deleted. */
  readonly forget?: (tenantId: string, dialect: 'sqlite' | 'postgres') => Forgetting
  /** Removes what the tables have of a tenant's events whose content is scavenged; each position was handled before. */
  readonly forgetEvents?: (
    tenantId: string,
    positions: readonly number[],
    dialect: 'sqlite' | 'postgres',
  ) => readonly Statement[]
}

/** @throws TypeError naming what is wrong with the definition. */
export function defineProjection(definition: ProjectionDefinition): ProjectionDefinition {
  if (!/^[A-Z][A-Za-z0-9]{2,99}$/.test(definition.name)) {
    throw new TypeError(
      `The projection name "${definition.name}" is not PascalCase of 3 to 100 letters and digits`,
    )
  }
  if (!Number.isInteger(definition.version) || definition.version < 1) {
    throw new TypeError(
      `The projection ${definition.name} has the version ${definition.version}, which is no whole number from 1`,
    )
  }
  return Object.freeze(definition)
}

/** The name of the projection's checkpoint. */
export function checkpointName(definition: ProjectionDefinition): string {
  return `projection:${definition.name}@${definition.version}`
}
