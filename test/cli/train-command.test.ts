// train and evaluate on the command line: what they print, and with which exit code they end.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { TrainResult } from '../../src/training/index.ts'
import { sampleFolder } from '../training/sample-folder.ts'
import { sampleConfig, sampleRule } from '../training/sample-table.ts'
import { runCommand } from './run-command.ts'

const parameters = { hidden: [], epochs: 12, batchSize: 64, learningRate: 0.05, patience: 4, validationShare: 0.2 }
const trainer = { kind: 'layers', parameters } as const

async function folderOf(accuracyFloor: number): Promise<string> {
  const gates = { ...sampleConfig.gates, accuracyFloor, maxCalibrationError: 0.2 }
  const folder = await sampleFolder({ config: { trainer, gates, folds: 2 }, service: { accuracyFloor: 0.5 } })
  await writeFile(join(folder, 'rule.json'), JSON.stringify(sampleRule))
  return folder
}

test('train says what it measured and where the version is; evaluate measures it again', async () => {
  const folder = await folderOf(0.7)
  const trained = await runCommand(['train', folder, '--promote'])
  expect(trained.exitCode).toBe(0)
  expect(trained.stdout).toContain('best reachable')
  expect(trained.stdout).toContain(`1.0.0 is in production, in ${folder}`)
  expect(trained.stderr).toContain('converting')
  const evaluated = await runCommand(['evaluate', folder])
  expect(evaluated.exitCode).toBe(0)
  expect(evaluated.stdout).toContain('reaches the floor of 0.7')
  expect(evaluated.stdout).toMatch(/feature +PSI +KS/)
})

test('a missed gate is named, and the exit code is 1', async () => {
  const folder = await folderOf(0.99)
  const { exitCode, stdout, stderr } = await runCommand(['train', folder, '--json', '--quiet'])
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' })
  const { passed, state, record } = JSON.parse(stdout) as TrainResult
  expect({ passed, state }).toEqual({ passed: false, state: 'development' })
  expect(record.gates.filter((gate) => !gate.passed).map(({ name }) => name)).toEqual(['accuracy'])
  expect((await runCommand(['evaluate', folder, '--version', '1.0.0'])).exitCode).toBe(1)
})

test.each([
  [['train', 'no/such/folder'], 'training.json'],
  [['evaluate', 'no/such/folder'], 'training.json'],
  [['train'], "missing required argument 'modelDir'"],
])('%j is wrong use, with exit code 2', async (args, reason) => {
  const { exitCode, stderr } = await runCommand(args)
  expect(exitCode).toBe(2)
  expect(stderr).toContain(reason)
})
