// The tools that an install runs in; which of them are here, as requirements and as commands to run, out.

import type { Machine, RunResult, ToolCommand } from './machine.ts'
import type { Requirement } from './requirement.ts'

export type Tool = { readonly requirement: Requirement; readonly command: ToolCommand | undefined }

/** A tool passes where this includes the standard library of C++17, which compilers without their headers lack. */
const probeProgram = '#include <optional>\n#include <string>\nint main() { return std::optional<int>(0).value(); }\n'

export async function findPip(machine: Machine, wheelNames: readonly string[], signal?: AbortSignal): Promise<Tool> {
  const candidates: ToolCommand[] = [['python3', '-m', 'pip'], ['pip3'], ['python', '-m', 'pip'], ['pip']]
  const { command, output } = await firstThatRuns(machine, candidates, ['--version'], { signal })
  return {
    command,
    requirement: {
      name: 'pip',
      isMet: command !== undefined,
      found: /^pip \S+/.exec(output)?.[0] ?? 'neither python3 -m pip nor pip3',
      remedy: `install pip (Debian, Ubuntu: apt-get install python3-pip), or give ${wheelNames.join(' and ')} by --wheel`,
    },
  }
}

export async function findCompiler(machine: Machine, signal?: AbortSignal): Promise<Tool> {
  const { CXX: chosen = '' } = machine.env
  const [program, ...args] = chosen.split(' ').filter((part) => part !== '')
  const candidates: ToolCommand[] = program === undefined ? [['c++'], ['g++'], ['clang++']] : [[program, ...args]]
  const probe = ['-std=c++17', '-fsyntax-only', '-x', 'c++', '-']
  const { command, isThere } = await firstThatRuns(machine, candidates, probe, { signal, stdin: probeProgram })
  const names = candidates.map((candidate) => candidate.join(' ')).join(', ')
  const version = command === undefined ? undefined : await machine.run([...command, '--version'])
  return {
    command,
    requirement: {
      name: 'C++17 compiler',
      isMet: command !== undefined,
      found:
        version?.kind === 'exited'
          ? firstLine(version.stdout)
          : `${names}: ${isThere ? 'cannot compile C++17' : 'not found'}`,
      remedy: 'install g++ (Debian, Ubuntu: apt-get install g++; Fedora: dnf install gcc-c++), or name another by CXX',
    },
  }
}

export async function findNpm(machine: Machine, signal?: AbortSignal): Promise<Tool> {
  const { command, output } = await firstThatRuns(machine, [['npm']], ['--version'], { signal })
  const requirement = {
    name: 'npm',
    isMet: command !== undefined,
    found: command === undefined ? 'not found' : `npm ${firstLine(output)}`,
    remedy: 'install npm (it comes with Node; Debian, Ubuntu: apt-get install npm)',
  }
  return { command, requirement }
}

export async function findTar(machine: Machine, signal?: AbortSignal): Promise<Tool> {
  const { command, output } = await firstThatRuns(machine, [['tar']], ['--version'], { signal })
  const requirement = {
    name: 'tar',
    isMet: command !== undefined,
    found: command === undefined ? 'not found' : firstLine(output),
    remedy: 'install tar (Debian, Ubuntu: apt-get install tar)',
  }
  return { command, requirement }
}

type Probe = { readonly signal: AbortSignal | undefined; readonly stdin?: string }

async function firstThatRuns(
  machine: Machine,
  candidates: readonly ToolCommand[],
  args: readonly string[],
  { signal, stdin }: Probe,
): Promise<{ readonly command: ToolCommand | undefined; readonly output: string; readonly isThere: boolean }> {
  let isThere = false
  for (const command of candidates) {
    const result: RunResult = await machine.run([...command, ...args], {
      ...(signal === undefined ? {} : { signal }),
      ...(stdin === undefined ? {} : { stdin }),
    })
    if (result.kind === 'missing') continue
    if (result.kind === 'exited' && result.exitCode === 0) return { command, output: result.stdout, isThere: true }
    isThere = true
  }
  return { command: undefined, output: '', isThere }
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? ''
}
