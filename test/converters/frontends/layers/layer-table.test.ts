// The table of layers that users read, and the activations that it names.
import { expect, it } from 'vitest'
import { activationNames, activationTable } from '../../../../converters/frontends/layers/activation-table.ts'
import { layerSpecOf, layerTable, supportedLayers } from '../../../../converters/frontends/layers/layer-table.ts'
import { runCommand } from '../../../cli/run-command.ts'

it('has each class once, and finds it by that name alone', () => {
  const names = layerTable.flatMap((spec) => spec.names)
  expect(new Set(names).size).toBe(names.length)
  expect(names.every((name) => layerSpecOf(name) !== undefined)).toBe(true)
  expect(layerSpecOf('constructor')).toBeUndefined()
})

it('names every activation that it knows, and no other but softmax', () => {
  const named = activationNames.split(/, | and, last, /)
  const known = [...Object.keys(activationTable), 'softmax']
  expect(named.map((name) => name.replaceAll('_', '')).sort()).toEqual(known.sort())
})

it('is printed beside the estimators, and is part of the JSON', async () => {
  const { stdout } = await runCommand(['supported'])
  expect(stdout).toMatch(/^Dense +layer +TensorFlow\.js /m)
  const json = JSON.parse((await runCommand(['supported', '--json'])).stdout) as { name: string }[]
  const names = json.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['Pipeline', ...supportedLayers().map(({ name }) => name)]))
})
