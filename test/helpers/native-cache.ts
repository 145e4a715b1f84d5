// The native add-on for tests: installed once into .cache/ by the built command, found by this process and its children.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const rootUrl = new URL('../../', import.meta.url)
const main = fileURLToPath(new URL('dist/src/cli/main.js', rootUrl))

/** Kept from run to run, since it takes half a minute and 860 MB to make. */
const sharedCache = fileURLToPath(new URL('.cache/native-test', rootUrl))

export type CommandEnd = { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }

/**
 * Sees to it that TFJS_SERVING_CACHE of this process names a cache with the CPU flavour of the add-on. Suites at the same
 * time wait for each other. Give the hook ten minutes: it may have to fetch 274 MB.
 * @returns why there is none, which is a reason to skip; undefined where it is there
 */
export async function useNativeCache(): Promise<string | undefined> {
  process.env['TFJS_SERVING_CACHE'] = sharedCache
  if (!existsSync(main)) return 'dist is not built: run npm run build'
  const { exitCode, stderr } = await runNative(['install', '--json'], sharedCache)
  return exitCode === 0 ? undefined : `native install failed: ${stderr.slice(-2000)}`
}

/** Runs `tfjs-serving native` as it is built, in a process of its own. */
export async function runNative(args: readonly string[], cache: string): Promise<CommandEnd> {
  return startNative(args, cache).ended
}

/** The same, for a test that wants to end it. */
export function startNative(args: readonly string[], cache: string) {
  const child = spawn(process.execPath, [main, 'native', ...args], {
    env: { ...process.env, TFJS_SERVING_CACHE: cache },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = new Promise<CommandEnd>((resolve, reject) => {
    child.on('error', reject)
    // its children may hold the pipes open after a kill
    child.on('exit', () => setImmediate(() => resolve({ exitCode: child.exitCode, stdout, stderr })))
  })
  return { child, ended }
}
