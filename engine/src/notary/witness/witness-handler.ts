import type { IncomingMessage, ServerResponse } from 'node:http'
import { longestRequest } from './add-checkpoint.ts'
import type { Witness } from './witness.ts'

/** Answers requests of Node's HTTP server: `POST …/add-checkpoint`, and nothing else. */
export function witnessHandler(
  witness: Witness,
  onError: (error: unknown) => void = () => undefined,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    answer(witness, request, response).catch(error => {
      onError(error)
      if (response.headersSent) response.destroy()
      else send(response, 500, 'text/plain; charset=utf-8', 'The witness cannot sign at the moment\n')
    })
  }
}

async function answer(witness: Witness, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://witness')
  const plain = 'text/plain; charset=utf-8'
  if (!pathname.endsWith('/add-checkpoint')) return send(response, 404, plain, 'There is nothing here\n')
  if (request.method !== 'POST') {
    response.setHeader('Allow', 'POST')
    return send(response, 405, plain, 'Send the checkpoint with POST\n')
  }
  const body = await readBody(request)
  if (body === undefined) {
    response.setHeader('Connection', 'close')
    return send(response, 413, plain, `At most ${longestRequest} bytes are taken\n`)
  }
  const { status, type, body: text } = await witness.addCheckpoint(body)
  send(response, status, type, text)
}

/** Undefined where it is longer than any request that a witness takes. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = []
  let length = 0
  // The request is not destroyed with the loop, or there would be nobody to answer.
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += part.length
    if (length > longestRequest) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) })
  response.end(body)
}
