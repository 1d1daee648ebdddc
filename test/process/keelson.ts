import type { ChildProcessByStdio } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'

const root = join(import.meta.dirname, '../..')
const binary = join(root, 'server/bin/keelson.js')

/** What `keelson start --json` prints when it is ready. */
export interface ReadyLine {
  readonly url: string
  readonly dataDir: string
  readonly platformKey?: string
  readonly sampleTenant?: string
  readonly sampleKey?: string
}

export interface LaunchOptions {
  /** Working folder, so that no settings file of the checkout is read. */
  readonly folder: string
  readonly environment?: Readonly<Record<string, string>>
}

/** The real command as a child process. It replaces itself by the server, so that a signal reaches that one. */
export class KeelsonProcess {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>
  readonly #exited: Promise<unknown[]>
  #output = ''
  #errors = ''

  constructor(args: readonly string[], { folder, environment = {} }: LaunchOptions) {
    const { PATH, HOME, TMPDIR } = process.env
    this.#child = spawn(process.execPath, [binary, ...args], {
      cwd: folder,
      env: { PATH, HOME, TMPDIR, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#exited = once(this.#child, 'exit')
    this.#child.stdout.setEncoding('utf8').on('data', text => {
      this.#output += text
    })
    this.#child.stderr.setEncoding('utf8').on('data', text => {
      this.#errors += text
    })
  }

  get output(): string {
    return this.#output
  }

  get errors(): string {
    return this.#errors
  }

  /** Resolves when the output has a match, with it; rejects when the process ends before. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#output)
      if (match) return match
      const isRunning = await Promise.race([
        once(this.#child.stdout, 'data').then(() => true),
        this.#exited.then(() => false),
      ])
      if (!isRunning && !pattern.test(this.#output))
        throw new Error(`keelson ended before it printed ${pattern}:\n${this.#output}${this.#errors}`)
    }
  }

  /** The line of `start --json`. */
  async ready(): Promise<ReadyLine> {
    const [line] = await this.printed(/^\{.*\}$/m)
    return JSON.parse(line) as ReadyLine
  }

  /** Waits for the end, after a signal where one is given: the exit code, or the signal that ended it. */
  async end(signal?: 'SIGTERM' | 'SIGKILL'): Promise<number | string> {
    if (signal) this.#child.kill(signal)
    const [code, endedBy] = (await this.#exited) as [number | null, string | null]
    return code ?? endedBy ?? 'unknown'
  }
}

/** A fresh folder on the disk of the checkout, which the folder for temporary files need not be on. */
export async function scratchFolder(name: string): Promise<string> {
  const parent = join(root, 'node_modules/.cache/keelson')
  await mkdir(parent, { recursive: true })
  return mkdtemp(join(parent, `test-${name}-`))
}

export const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true })

/** Calls the API with a key; the answer's body is read whole. */
export async function callApi(
  url: string,
  path: string,
  { key, tenant, method = 'GET', body }: ApiCall,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(tenant === undefined ? {} : { 'keelson-tenant': tenant }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
}

export interface ApiCall {
  readonly key: string
  readonly tenant?: string
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly body?: unknown
}
