import { closeSync, openSync, readSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { CommandFailure, exitCodes } from '../../exit-code.ts'

const longest = 1_024
/** More than the longest subject has in UTF-8, with its end of line. */
const mostBytes = 8 * 1_024

export interface SubjectFlags {
  readonly subjectFile?: string
}

/**
 * Who a command is about: the one line of a file, or of standard input for `-` and where no file is named. Never an
 * argument, which everybody on the machine can read; no message repeats it.
 *
 * @throws CommandFailure with exit code 2.
 */
export async function readSubject(given: string | undefined, { subjectFile }: SubjectFlags): Promise<string> {
  if (given !== undefined && given !== '-') {
    process.title = 'keelson'
    throw usage(
      'A subject is no argument, which others could read: give it on standard input or in --subject-file',
    )
  }
  if (given !== undefined && subjectFile !== undefined && subjectFile !== '-')
    throw usage('The subject comes from standard input or from --subject-file: leave one out')
  const isStdin = subjectFile === undefined || subjectFile === '-'
  const text = isStdin ? await readInput() : readFile(subjectFile)
  return checked(text, isStdin ? 'Standard input' : `The file ${subjectFile} (--subject-file)`)
}

function checked(text: string, place: string): string {
  const subject = text.replace(/^\uFEFF/, '').replace(/\r?\n$/, '')
  if (subject === '') throw usage(`${place} holds no subject`)
  if (/[\r\n]/.test(subject)) throw usage(`${place} has several lines: give one subject at a time`)
  if (subject.length > longest || text.includes('\uFFFD'))
    throw usage(`${place} holds no subject: one is a line of UTF-8 of up to ${longest} characters`)
  return subject
}

async function readInput(): Promise<string> {
  if (process.stdin.isTTY === true) {
    const terminal = createInterface({ input: process.stdin, output: process.stderr })
    try {
      return await terminal.question('Subject: ')
    } finally {
      terminal.close()
    }
  }
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > mostBytes) break
  }
  return Buffer.concat(chunks).toString('utf8')
}

function readFile(path: string): string {
  try {
    const file = openSync(path, 'r')
    try {
      const bytes = Buffer.alloc(mostBytes + 1)
      return bytes.subarray(0, readSync(file, bytes)).toString('utf8')
    } finally {
      closeSync(file)
    }
  } catch (error) {
    throw new CommandFailure(`The file ${path} (--subject-file) cannot be read`, exitCodes.usage, error)
  }
}

const usage = (message: string): CommandFailure => new CommandFailure(message, exitCodes.usage)
