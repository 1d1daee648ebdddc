import type { PackagePlan } from './house.ts'
import { house, workspaceName } from './house.ts'
import type { ParsedFile } from './source.ts'
import { resolveRelative } from './source.ts'

/** A rule names each fault in one line that begins with the file's path. */
export type Rule = (files: readonly ParsedFile[]) => string[]

export const maxLines = 400
/** Tests and what they stand on: neither is in a package. */
const isTest = (path: string): boolean => /\.test\.tsx?$|\/fixtures\//.test(path)

/** Where a file stands: `engine/src/store/sqlite/writer.ts` is in the room store of engine, in its adapter sqlite. */
export interface Place {
  readonly package: string
  readonly plan: PackagePlan
  readonly room: string | undefined
  readonly adapter: string | undefined
  /** Path within the room. */
  readonly rest: string
}

export function placeOf(path: string): Place | undefined {
  const [name, src, ...parts] = path.split('/')
  const plan = house[name as string]
  if (plan === undefined || src !== 'src') return undefined
  const room = parts.length > 1 ? parts[0] : undefined
  const adapter =
    parts.length > 2 && plan.adapters?.[room as string]?.includes(parts[1] as string) ? parts[1] : undefined
  return {
    package: name as string,
    plan,
    room,
    adapter,
    rest: parts.slice(room === undefined ? 0 : 1).join('/'),
  }
}

/** Every room has its place in the table. */
export const roomsAreKnown: Rule = files =>
  files.flatMap(({ path }) => {
    const place = placeOf(path)
    if (place?.room === undefined || place.plan.floors === undefined) return []
    return place.plan.floors.flat().includes(place.room)
      ? []
      : [`${path}: the room ${place.room} has no floor in the table`]
  })

interface Step {
  readonly file: ParsedFile
  readonly from: Place
  readonly to: Place
  readonly target: string
}

/** Imports from file to file within a package. Tests may look anywhere in it, so that one can test the whole. */
function steps(files: readonly ParsedFile[]): Step[] {
  return files
    .filter(({ path }) => !isTest(path))
    .flatMap(file =>
      file.imports.flatMap(({ specifier }) => {
        const target = resolveRelative(file, specifier)
        const [from, to] = [placeOf(file.path), target === undefined ? undefined : placeOf(target)]
        return from && to && from.package === to.package ? [{ file, from, to, target: target as string }] : []
      }),
    )
}

/** A room imports lower floors only, and no sibling. */
export const floorsHold: Rule = files =>
  steps(files).flatMap(({ file, from, to, target }) => {
    const { floors } = from.plan
    if (floors === undefined || from.room === undefined || from.room === to.room) return []
    const floorOf = (room: string) => floors.findIndex(rooms => rooms.includes(room))
    if (to.room === undefined) return [`${file.path}: imports ${target}, the door above all floors`]
    if (floorOf(to.room) < floorOf(from.room)) return []
    const how = floorOf(to.room) === floorOf(from.room) ? 'its sibling' : 'the higher room'
    return [`${file.path}: imports ${how} ${to.room} (${target})`]
  })

/** Adapters stand beside their port: neither the port nor another adapter nor another room imports them. */
export const adaptersStandApart: Rule = files =>
  steps(files)
    .filter(
      ({ from, to }) => to.adapter !== undefined && (from.room !== to.room || from.adapter !== to.adapter),
    )
    .map(({ file, to, target }) => `${file.path}: imports the adapter ${to.adapter} (${target})`)

/** Across rooms only the face is imported. */
export const facesAreUsed: Rule = files =>
  steps(files)
    .filter(
      ({ from, to }) => to.room !== undefined && from.room !== to.room && from.plan.floors !== undefined,
    )
    .filter(({ to }) => to.rest !== 'index.ts' && !to.plan.doors?.[to.room as string]?.includes(to.rest))
    .map(({ file, to, target }) => `${file.path}: imports ${target}, past the face of ${to.room}`)

/** Packages import only those before them, by name; the console takes types only, but for what its plan names. */
export const packagesAreOrdered: Rule = files =>
  files.flatMap(file => {
    const place = placeOf(file.path)
    if (!place) return []
    return file.imports.flatMap(({ specifier, isTypeOnly }) => {
      const target = resolveRelative(file, specifier)
      if (target !== undefined && !target.startsWith(`${place.package}/`))
        return [`${file.path}: reaches into ${target} past its package`]
      if (!workspaceName.test(specifier)) return []
      const { leansOn, isTypesOnly = false, values = [] } = place.plan
      const isAllowed = leansOn.some(
        name => specifier === name || (!isTypesOnly && specifier.startsWith(`${name}/`)),
      )
      if (!isAllowed) return [`${file.path}: imports ${specifier}, on which ${place.package} does not lean`]
      return isTypesOnly && !isTypeOnly && !values.includes(specifier)
        ? [`${file.path}: imports more than types from ${specifier}`]
        : []
    })
  })

/** Faces list what they show. */
export const namesAreListed: Rule = files =>
  files.filter(file => file.hasExportStar).map(file => `${file.path}: has an export *`)

/** Only the command line reads the environment; tests and their fixtures may. */
export const environmentIsRead: Rule = files =>
  files
    .filter(file => file.readsEnvironment && placeOf(file.path) && !isTest(file.path))
    .filter(file => !file.path.includes('/fixtures/'))
    .filter(file => !file.path.startsWith('server/src/cli/'))
    .map(file => `${file.path}: reads process.env`)

/** Modules of the libraries keep no state of their own; a test may hold the server that it started. */
export const modulesAreStateless: Rule = files =>
  files
    .filter(({ path }) => /^(engine|contexts)\/src\//.test(path) && !isTest(path))
    .flatMap(file => file.mutableNames.map(name => `${file.path}: ${name} is mutable at the top level`))

export const filesAreSmall: Rule = files =>
  files
    .filter(file => file.lines > maxLines)
    .map(file => `${file.path}: has ${file.lines} lines, more than ${maxLines}`)

/** No import leads back to its file, types included. Each circle is named once, from its first file by name. */
export const thereAreNoCircles: Rule = files => {
  const byPath = new Map(files.map(file => [file.path, file]))
  const state = new Map<string, 'open' | 'done'>()
  const circles = new Set<string>()
  const visit = (file: ParsedFile, trail: readonly string[]): void => {
    if (state.get(file.path) === 'open') circles.add(toCircle([...trail.slice(trail.indexOf(file.path))]))
    if (state.has(file.path)) return
    state.set(file.path, 'open')
    for (const { specifier } of file.imports) {
      const target = resolveRelative(file, specifier)
      const next = target === undefined ? undefined : findFile(byPath, target)
      if (next) visit(next, [...trail, file.path])
    }
    state.set(file.path, 'done')
  }
  for (const file of files) visit(file, [])
  return [...circles]
}

/** The console's bundler takes imports without an ending too. */
function findFile(byPath: ReadonlyMap<string, ParsedFile>, target: string): ParsedFile | undefined {
  const endings = ['', '.ts', '.tsx', '/index.ts', '/index.tsx']
  return endings.map(ending => byPath.get(target + ending)).find(file => file !== undefined)
}

function toCircle(paths: string[]): string {
  const first = paths.indexOf([...paths].sort()[0] as string)
  const turned = [...paths.slice(first), ...paths.slice(0, first)]
  return `${turned[0]}: is in a circle: ${[...turned, turned[0]].join(' → ')}`
}
