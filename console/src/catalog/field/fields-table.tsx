import { IconChevronDown, IconChevronRight, IconUserShield } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import type { JsonValue } from '../../api/types.ts'
import css from './fields.module.css'
import { type FieldRow, type FieldSource, fieldTable } from './fields.ts'

/** The fields of a payload as a tree: what each is, whether it must be there, and whose personal data it is. */
export function FieldsTable({ source, label }: { readonly source: FieldSource; readonly label: string }) {
  const { rows, isCut } = useMemo(() => fieldTable(source), [source])
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set())
  const toggle = (path: string) =>
    setFolded(before => {
      const after = new Set(before)
      if (!after.delete(path)) after.add(path)
      return after
    })
  if (rows.length === 0) return <p className="dim">The payload has no fields that its schema names.</p>
  const visible = rows.filter(row => ![...folded].some(path => row.path.startsWith(`${path}/`)))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={css.frame} aria-label={label} tabIndex={0}>
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Type</th>
            <th scope="col">Meaning</th>
            <th scope="col">Example</th>
          </tr>
        </thead>
        <tbody>
          {visible.map(row => (
            <Row key={row.path} row={row} isOpen={!folded.has(row.path)} onToggle={toggle} />
          ))}
        </tbody>
      </table>
      <HiddenPersonal source={source} rows={rows} />
      {isCut && <p className={css.cut}>The schema has further fields, more than are listed here.</p>}
    </section>
  )
}

/** Personal data at places that have no row, such as within free content. */
function HiddenPersonal({
  source,
  rows,
}: {
  readonly source: FieldSource
  readonly rows: readonly FieldRow[]
}) {
  const listed = new Set(rows.map(row => row.path))
  const hidden = (source.personal ?? []).filter(({ pointer }) => !listed.has(pointer))
  return hidden.map(field => (
    <p key={field.pointer} className={css.cut}>
      <span className="mono">{dotted(field.pointer)}</span> <PersonalMark field={field} />
    </p>
  ))
}

const dotted = (pointer: string): string => pointer.slice(1).replaceAll('/', '.')

interface RowProps {
  readonly row: FieldRow
  readonly isOpen: boolean
  readonly onToggle: (path: string) => void
}

function Row({ row, isOpen, onToggle }: RowProps) {
  const Chevron = isOpen ? IconChevronDown : IconChevronRight
  return (
    <tr>
      <th scope="row" className={css.name} style={indent(row.depth)}>
        {row.isParent && (
          <button
            type="button"
            className={css.fold}
            aria-expanded={isOpen}
            aria-label={`Fields of ${row.name}`}
            onClick={() => onToggle(row.path)}
          >
            <Chevron size={14} aria-hidden />
          </button>
        )}
        <span className="mono" title={row.path}>
          {row.name}
        </span>
        <span className={css.need} data-required={row.isRequired || undefined}>
          {row.isRequired ? 'required' : 'optional'}
        </span>
      </th>
      <td>
        <span className={css.type}>{row.type}</span>
        {row.bounds.map(bound => (
          <span key={bound} className={css.bound}>
            {bound}
          </span>
        ))}
      </td>
      <td>
        {row.description}
        {row.personal && <PersonalMark field={row.personal} />}
      </td>
      <td className={css.example}>
        {row.example !== undefined && !row.isParent && <Example value={row.example} />}
      </td>
    </tr>
  )
}

const indent = (depth: number) => ({ paddingLeft: 22 + depth * 18, minWidth: 170 + depth * 18 })

function PersonalMark({ field }: { readonly field: NonNullable<FieldRow['personal']> }) {
  return (
    <span className={css.personal}>
      <IconUserShield size={14} aria-hidden />
      <span>
        Personal data{field.kind ? ` (${field.kind})` : ''} of{' '}
        <span className="mono">{dotted(field.subject)}</span>
      </span>
    </span>
  )
}

const LONG = 80

function Example({ value }: { readonly value: JsonValue }) {
  const text = JSON.stringify(value)
  return <code title={text}>{text.length > LONG ? `${text.slice(0, LONG)}…` : text}</code>
}
