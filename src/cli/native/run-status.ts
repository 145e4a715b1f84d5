// The cache in; a table or JSON of the native add-ons there, or their end, out.

import type { CliContext } from '../cli-context.ts'
import { jsonText } from '../json-text.ts'
import { textTable } from '../text-table.ts'
import { findInstalled, type InstalledFolder, removeInstalled } from './installed-folders.ts'
import type { Machine } from './machine.ts'
import { nodeMachine } from './node-machine.ts'
import { sizeText } from './system-requirements.ts'

export async function runStatus(
  { stdout }: CliContext,
  isJson: boolean,
  machine: Machine = nodeMachine,
): Promise<void> {
  const found = await findInstalled(machine)
  if (isJson) return stdout.write(jsonText(found))
  if (found.length === 0) return stdout.write('nothing is installed\n')
  const rows = found.map((folder) => [stateText(folder), sizeText(folder.byteLength), folder.home])
  await stdout.write(textTable({ header: ['state', 'size', 'folder'], rows, right: [1] }))
}

export async function runRemove({ stdout, signal }: CliContext, machine: Machine = nodeMachine): Promise<void> {
  const found = await findInstalled(machine)
  if (found.length === 0) return stdout.write('nothing is installed\n')
  for (const folder of found) {
    await removeInstalled(folder, machine, signal)
    await stdout.write(`removed ${sizeText(folder.byteLength)}: ${folder.home}\n`)
  }
}

function stateText({ flavour, isWhole }: InstalledFolder): string {
  if (flavour === null) return 'of another version'
  return `${flavour}, ${isWhole ? 'installed' : 'not whole'}`
}
