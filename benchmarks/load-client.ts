import { connect } from 'node:net'

// A process of its own: keeps `connections` busy with one prepared request each, and prints what came of it.
// Reads answers by Content-Length, no more: the client must not cost what it measures.
interface Plan {
  readonly port: number
  readonly connections: number
  readonly seconds: number
  readonly path: string
  readonly headers: string
  /** `{id}` in the body is replaced by a fresh id each time it stands there. */
  readonly body: string
  readonly eventsPerRequest: number
}

const plan = JSON.parse(process.argv[2] ?? '{}') as Plan
const pieces = plan.body.split('{id}')
const prefix = `load-${process.pid}-${Date.now().toString(36)}-`
let nextId = 0
const latencies: number[] = []
let failed = 0

function request(): string {
  let body = pieces[0] as string
  for (let at = 1; at < pieces.length; at += 1) body += `${prefix}${nextId++}${pieces[at]}`
  return `POST ${plan.path} HTTP/1.1\r\nhost: 127.0.0.1:${plan.port}\r\n${plan.headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

function connection(end: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: plan.port, host: '127.0.0.1', noDelay: true })
    let from = 0
    let missing = -1
    let head = ''
    const send = () => {
      if (performance.now() >= end) {
        socket.end()
        resolve()
        return
      }
      from = performance.now()
      socket.write(request())
    }
    socket.on('connect', send)
    socket.on('error', reject)
    socket.on('data', chunk => {
      if (missing < 0) {
        head += chunk.toString('latin1')
        const bodyAt = head.indexOf('\r\n\r\n')
        if (bodyAt < 0) return
        const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
        missing = length - (head.length - bodyAt - 4)
        if (!/^HTTP\/1\.1 20[01]/.test(head)) failed += 1
      } else missing -= chunk.length
      if (missing > 0) return
      latencies.push(performance.now() - from)
      missing = -1
      head = ''
      send()
    })
  })
}

const started = performance.now()
await Promise.all(Array.from({ length: plan.connections }, () => connection(started + plan.seconds * 1000)))
const seconds = (performance.now() - started) / 1000
process.stdout.write(
  JSON.stringify({ perSecond: (latencies.length * plan.eventsPerRequest) / seconds, failed, latencies }),
)
