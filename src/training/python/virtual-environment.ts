// Pinned requirements in, the path of a Python that has them out: an environment in the user's cache, made once.

import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { cacheRoot } from '../../backend/host/native-home.ts'
import { createError } from '../../errors.ts'
import { lastLines, runProgram } from './run-program.ts'

export type VirtualEnvironmentOptions = {
  /** Text of the requirements file. */
  readonly requirements: string
  /** Interpreter to use where it has the requirements already, and else to make the environment with. @default the newest that is found */
  readonly python?: string
  /** @default the user's cache folder; `TFJS_SERVING_CACHE` names another */
  readonly cacheDir?: string
  readonly signal?: AbortSignal
  readonly onProgress?: (message: string) => void
}

const candidates = ['python3.13', 'python3.12', 'python3.11', 'python3', 'python']

/** What the pinned releases of scikit-learn and NumPy need. */
const leastMinor = 11

/** Prints version and machine, then whether the distributions that follow, `name==version`, are all there. */
const probe = `
import sys, platform
from importlib import metadata
def has(pin):
    name, _, wanted = pin.partition("==")
    try:
        return metadata.version(name) == wanted
    except metadata.PackageNotFoundError:
        return False
print("%d.%d.%d" % sys.version_info[:3], platform.machine(), int(all(map(has, sys.argv[1:]))))
`

type Interpreter = {
  readonly path: string
  readonly version: string
  readonly machine: string
  readonly hasRequirements: boolean
}

/**
 * The environment is made beside its place and renamed, so that one that is there is whole; it is keyed by requirements,
 * Python version and processor. pip follows its own configuration.
 * @returns path of the interpreter
 * @throws BACKEND_UNAVAILABLE without a Python of at least 3.11, or where pip fails; `signal.reason` when aborted
 */
export async function openVirtualEnvironment(options: VirtualEnvironmentOptions): Promise<string> {
  const { requirements, cacheDir = cacheRoot(), signal, onProgress } = options
  const interpreter = await findInterpreter(options)
  if (options.python !== undefined && interpreter.hasRequirements) return interpreter.path
  const { version, machine } = interpreter
  const key = createHash('sha256')
    .update(`${requirements}\n${version}\n${machine}\n${process.platform}`)
    .digest('hex')
    .slice(0, 24)
  const home = join(cacheDir, 'python', key)
  const made = interpreterIn(home)
  if (existsSync(made)) return made
  const part = join(cacheDir, 'python', `.${key}.${randomUUID()}`)
  try {
    await mkdir(part, { recursive: true })
    onProgress?.(`making a Python ${version} environment`)
    await must(
      interpreter.path,
      ['-m', 'venv', part],
      'make a virtual environment (is the venv module installed?)',
      signal,
    )
    await writeFile(join(part, 'requirements.txt'), requirements)
    onProgress?.('installing Python packages with pip')
    const install = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '-r',
      join(part, 'requirements.txt'),
    ]
    await must(interpreterIn(part), install, 'install the requirements with pip', signal)
    await rename(part, home).catch((error: unknown) => {
      // another process was faster: its environment is the same
      if (!existsSync(made)) throw error
    })
  } finally {
    await rm(part, { recursive: true, force: true })
  }
  return made
}

async function findInterpreter({ python, requirements, signal }: VirtualEnvironmentOptions): Promise<Interpreter> {
  const tried: string[] = []
  for (const path of python === undefined ? candidates : [python]) {
    const result = await runProgram(path, ['-c', probe, ...pinsOf(requirements)], { ...(signal && { signal }) })
    const [version = '', machine = '', has] = result.stdout.trim().split(' ')
    if (result.exitCode !== 0) {
      tried.push(result.exitCode === null ? `${path} (not there)` : `${path} (${lastLines(result.stderr, 1)})`)
      continue
    }
    const [major, minor] = version.split('.').map(Number)
    if (major === 3 && minor >= leastMinor) return { path, version, machine, hasRequirements: has === '1' }
    tried.push(`${path} (is ${version})`)
  }
  throw createError(
    'BACKEND_UNAVAILABLE',
    `training needs Python 3.${leastMinor} or newer, got ${tried.join(', ')}; install one, or name it by --python`,
  )
}

/** Lines that are not `name==version` cannot be checked without pip: then nothing counts as there. */
function pinsOf(requirements: string): string[] {
  return requirements
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '')
}

function interpreterIn(home: string): string {
  return process.platform === 'win32' ? join(home, 'Scripts', 'python.exe') : join(home, 'bin', 'python')
}

async function must(program: string, args: string[], what: string, signal?: AbortSignal): Promise<void> {
  const { exitCode, stdout, stderr } = await runProgram(program, args, { ...(signal && { signal }) })
  if (exitCode === 0) return
  throw createError('BACKEND_UNAVAILABLE', `could not ${what}: ${lastLines(`${stdout}\n${stderr}`)}`, {
    details: { program, exitCode },
  })
}
