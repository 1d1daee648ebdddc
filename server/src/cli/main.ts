import { exitCodes } from './exit-code.ts'
import { runCommand } from './run-command.ts'

// A reader that closed the pipe (`| head`) has what it wanted.
process.stdout.on('error', error => {
  if ((error as { code?: string }).code === 'EPIPE') process.exit(exitCodes.ok)
  throw error
})

process.exitCode = await runCommand(process.argv.slice(2))
