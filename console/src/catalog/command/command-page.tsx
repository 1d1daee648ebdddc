import { Link, useParams } from '@tanstack/react-router'
import type { CatalogCommand, CatalogDocument } from '../../api/catalog-types.ts'
import { FieldsTable } from '../field/fields-table.tsx'
import { EventRows } from '../page/event-rows.tsx'
import { Examples } from '../page/examples.tsx'
import { Heading } from '../page/heading.tsx'
import { Missing } from '../page/missing.tsx'
import css from '../page/page.module.css'
import { Awaited, PageFrame, Part, Sentences } from '../page/page-frame.tsx'
import { SchemaView } from '../page/schema-view.tsx'
import { useCatalog } from '../use-catalog.ts'

export function CommandPage() {
  const { type } = useParams({ from: '/signed-in/catalog/commands/$type' })
  const catalog = useCatalog()
  const command = catalog.data?.commands.find(one => one.type === type)
  return (
    <PageFrame kind="Commands" name={type}>
      <Awaited query={catalog} what="command" />
      {catalog.data && !command && (
        <Missing
          what="command"
          name={type}
          known={catalog.data.commands.map(one => one.type)}
          toPage={near => ({ to: '/catalog/commands/$type', params: { type: near } })}
        />
      )}
      {catalog.data && command && <Command key={type} command={command} catalog={catalog.data} />}
    </PageFrame>
  )
}

function Command({
  command,
  catalog,
}: {
  readonly command: CatalogCommand
  readonly catalog: CatalogDocument
}) {
  return (
    <>
      <Heading name={command.type} summary={command.summary}>
        <span>version {command.version}</span>
        <span>handled by {command.aggregate}</span>
        {command.permission && (
          <span>
            needs the permission <span className="mono">{command.permission}</span>
          </span>
        )}
        {command.context && (
          <span>
            context{' '}
            <Link to="/catalog/contexts/$context" params={{ context: command.context }}>
              {command.context}
            </Link>
          </span>
        )}
      </Heading>
      <Part title="Fields of the payload">
        <FieldsTable source={command} label="Fields of the payload" />
      </Part>
      <Part title="Events that may follow">
        <EventRows types={command.emits} events={catalog.events} />
      </Part>
      <Part title="Why it may be refused">
        <Rejections command={command} />
      </Part>
      {command.rules.length > 0 && (
        <Part title="Rules">
          <Sentences lines={command.rules} />
        </Part>
      )}
      <Examples examples={command.examples} />
      <SchemaView
        schema={command.schema}
        fileName={`${command.type}-${command.version}`}
        hash={command.schemaHash}
      />
    </>
  )
}

function Rejections({ command }: { readonly command: CatalogCommand }) {
  if (command.rejections.length === 0) return <p className="dim">Only where its payload is not valid.</p>
  return (
    <ul className={css.rows}>
      {command.rejections.map(({ code, when }) => (
        <li key={code}>
          <span className="mono">{code}</span>
          <span>{when}</span>
        </li>
      ))}
    </ul>
  )
}
