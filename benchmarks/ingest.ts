import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { BenchReport, Run } from './report.ts'
import { machine, summarise, versions } from './report.ts'

const runs = 3
const seconds = 6
const connections = 64
const adminKey = 'bench-administrator-key'
const here = (file: string) => fileURLToPath(new URL(file, import.meta.url))

/** An event of about 700 bytes as a sender writes it. */
const event = JSON.stringify({
  eventId: '{id}',
  eventType: 'SubscriptionActivated',
  occurredAt: '2026-06-11T09:02:00Z',
  source: 'billing',
  projectId: 'proj-contoso-saas',
  correlationId: 'corr-1f4a8d20',
  traceId: 'trace-7b2e9c1d',
  payload: {
    subscriptionId: 'sub-4f7c',
    editionCode: 'enterprise',
    billingCycle: 'Annual',
    currentPeriodEnd: '2027-06-11T00:00:00Z',
  },
  metadata: {
    user: 'usr-4711',
    ip: '203.0.113.7',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
    note: 'n'.repeat(120),
  },
})

interface Server {
  readonly port: number
  readonly process: ChildProcess
}

async function start(
  args: readonly string[],
  environment: Record<string, string>,
  port: number,
): Promise<Server> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once('data', () => resolve())
    child.once('exit', code => reject(new Error(`The server ended with code ${code}`)))
  })
  return { port, process: child }
}

async function stop({ process: child }: Server): Promise<void> {
  const ended = new Promise(resolve => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}

/** A figure of `/proc/PID/status` in MB; 0 where the system has none. */
function memory(pid: number | undefined, field: 'VmRSS' | 'VmHWM'): number {
  try {
    return (
      Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) /
      1024
    )
  } catch {
    return 0
  }
}

async function load(
  server: Server,
  path: string,
  headers: string,
  body: string,
  eventsPerRequest: number,
): Promise<Run> {
  const plan = JSON.stringify({
    port: server.port,
    connections,
    seconds,
    path,
    headers,
    body,
    eventsPerRequest,
  })
  const client = spawn(process.execPath, [here('./load-client.ts'), plan], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  client.stdout?.on('data', chunk => {
    output += String(chunk)
  })
  await new Promise(resolve => client.once('close', resolve))
  const { perSecond, failed, latencies } = JSON.parse(output) as {
    perSecond: number
    failed: number
    latencies: number[]
  }
  return { perSecond, latencies, figures: { failed } }
}

async function keelsonRun(parent: string, isBatch: boolean): Promise<Run> {
  const folder = mkdtempSync(join(parent, 'ingest-'))
  const port = await freePort()
  const args = [
    here('../server/bin/keelson.js'),
    'start',
    '--empty',
    '--json',
    '--port',
    String(port),
    '--data-dir',
    folder,
  ]
  const server = await start(args, { KEELSON_BOOTSTRAP_KEY: adminKey }, port)
  const authorization = `authorization: Bearer ${adminKey}\r\n`
  try {
    const made = await fetch(`http://127.0.0.1:${port}/v1/tenants`, {
      method: 'POST',
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      body: '{"id":"contoso"}',
    })
    if (made.status !== 201) throw new Error(`The tenant was not made: ${made.status}`)
    const type = isBatch ? 'application/x-ndjson' : 'application/json'
    const headers = `${authorization}keelson-tenant: contoso\r\ncontent-type: ${type}\r\n`
    const body = isBatch ? `${event}\n`.repeat(100) : event
    const run = await load(
      server,
      isBatch ? '/v1/events/batch' : '/v1/events',
      headers,
      body,
      isBatch ? 100 : 1,
    )
    const behind = performance.now()
    await caughtUp(port)
    const catchUpSeconds = (performance.now() - behind) / 1000
    await sleep(2000)
    const figures = {
      ...run.figures,
      catchUpSeconds,
      peakRssMb: memory(server.process.pid, 'VmHWM'),
      rssAfterMb: memory(server.process.pid, 'VmRSS'),
    }
    return { ...run, figures }
  } finally {
    await stop(server)
    rmSync(folder, { recursive: true })
  }
}

/** Waits until the read model has everything: a query waits for it, at most two seconds at a time. */
async function caughtUp(port: number): Promise<void> {
  const headers = { authorization: `Bearer ${adminKey}`, 'keelson-tenant': 'contoso' }
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/events?limit=1&view=summary`, { headers })
    const { data, head } = (await answer.json()) as { data: { position: number }[]; head: number }
    if (data[0]?.position === head) return
  }
}

async function emptyRun(): Promise<Run> {
  const port = await freePort()
  const server = await start([here('./empty-route.ts'), String(port)], {}, port)
  try {
    return await load(server, '/v1/events', 'content-type: application/json\r\n', event, 1)
  } finally {
    await stop(server)
  }
}

/** Ingestion over HTTP with the client on the same machine, beside a route that does nothing. */
export async function ingestBench(folder: string): Promise<BenchReport> {
  const plan = [
    { name: 'keelson, single posts', run: () => keelsonRun(folder, false) },
    { name: 'keelson, batches of 100 (NDJSON)', run: () => keelsonRun(folder, true) },
    { name: 'empty Fastify route, single posts', run: () => emptyRun() },
  ]
  const results = new Map<string, Run[]>(plan.map(({ name }) => [name, []]))
  for (let round = 0; round < runs; round += 1) {
    for (const { name, run } of plan) {
      console.error(`run ${round + 1} of ${runs}: ${name}`)
      results.get(name)?.push(await run())
    }
  }
  const cases = plan.map(({ name }) => summarise(name, results.get(name) ?? []))
  const [single, batch, empty] = cases.map(one => one.perSecond) as [number, number, number]
  return {
    bench: 'ingest',
    durability: 'fsync: answered when the events are on disk; the read model follows meanwhile',
    machine: machine(),
    versions: versions({
      fastify: (
        JSON.parse(readFileSync(here('../node_modules/fastify/package.json'), 'utf8')) as { version: string }
      ).version,
    }),
    cases,
    ratios: { single: Number((single / empty).toFixed(3)), batch: Number((batch / empty).toFixed(3)) },
    notes: [
      `${connections} connections; server and client share the machine's cores; latencies are those of requests.`,
      'Each event is authenticated, parsed strictly, validated, sealed, fsynced, and indexed for search while the load lasts.',
      'peakRssMb is the most that the process ever held; rssAfterMb two seconds after the read model caught up.',
    ],
  }
}
