// What a Python should say in, an executable that says it out: tests of environments need neither Python nor a network.
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export type StandIn = {
  readonly path: string
  readonly folder: string
  /** The arguments of each call so far, one text a call. */
  calls(): Promise<string[]>
}

export type StandInOptions = {
  /** @default '3.12.4' */
  readonly version?: string
  /** Whether the requirements are there already. @default false */
  readonly hasRequirements?: boolean
  /** Fails with this text on stderr: `venv` or `pip`. */
  readonly failing?: { readonly step: 'venv' | 'pip'; readonly text: string }
  /** Shell lines that run a script that is no `-c` and no `-m`; `$1` is the script, `$2` the job. @default nothing */
  readonly script?: string
}

/** A shell script; where it makes an environment it puts itself into it. */
export async function standInPython(options: StandInOptions = {}): Promise<StandIn> {
  const { version = '3.12.4', hasRequirements = false, failing, script = '' } = options
  const folder = await mkdtemp(join(tmpdir(), 'tfjs-serving-python-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'python')
  const fail = (step: string) => (failing?.step === step ? `echo '${failing.text}' >&2; exit 1` : '')
  await writeFile(
    path,
    `#!/bin/sh
first=$(printf '%s' "$1 $2 $3" | head -n 1)
echo "$first" >> '${folder}/calls'
case "$1" in
  -c) echo '${version} x86_64 ${hasRequirements ? 1 : 0}' ;;
  -m) case "$2" in
    venv) ${fail('venv')}
      mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
    pip) ${fail('pip')}
      : ;;
  esac ;;
  *) ${script === '' ? ':' : script} ;;
esac
`,
  )
  await chmod(path, 0o755)
  return {
    path,
    folder,
    calls: async () =>
      (await readFile(join(folder, 'calls'), 'utf8').catch(() => '')).split('\n').filter((line) => line !== ''),
  }
}
