// Environments for train.py: which Python, made once, whole or not at all.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, test } from 'vitest'
import { openVirtualEnvironment } from '../../../src/training/python/virtual-environment.ts'
import { type StandInOptions, standInPython } from './stand-in-python.ts'

const requirements = 'scikit-learn==1.9.1\n'

const scene = async (options: StandInOptions = {}) => {
  const python = await standInPython(options)
  const cacheDir = join(python.folder, 'cache')
  const open = (text = requirements) => openVirtualEnvironment({ requirements: text, python: python.path, cacheDir })
  const environments = () => readdirSync(join(cacheDir, 'python'))
  return { python, open, environments }
}

describe.skipIf(process.platform === 'win32')('an environment', () => {
  test('is made with pip once, and found from then on', async () => {
    const { python, open, environments } = await scene()
    const made = await open()
    expect(made).toBe(join(python.folder, 'cache', 'python', environments()[0], 'bin', 'python'))
    const calls = await python.calls()
    expect(calls.filter((call) => call.startsWith('-m')).map((call) => call.split(' ')[1])).toEqual(['venv', 'pip'])
    expect(await open()).toBe(made)
    expect(environments()).toHaveLength(1)
    expect((await python.calls()).filter((call) => call.startsWith('-m'))).toHaveLength(2)
  })

  test('is another one for other requirements, and for another Python', async () => {
    const { open, environments } = await scene()
    await open()
    await open('scikit-learn==1.9.0\n')
    expect(environments()).toHaveLength(2)
  })

  test('is not needed where the named Python has the requirements', async () => {
    const { python, open } = await scene({ hasRequirements: true })
    expect(await open()).toBe(python.path)
  })

  test('of two makers at once is one', async () => {
    const { open, environments } = await scene()
    const [first, second] = await Promise.all([open(), open()])
    expect(first).toBe(second)
    expect(environments()).toHaveLength(1)
  })

  test.each(['venv', 'pip'] as const)(
    'that %s cannot make leaves nothing, and the error has its last lines',
    async (step) => {
      const { open, environments } = await scene({ failing: { step, text: 'ERROR: No matching distribution' } })
      await expect(open()).rejects.toMatchObject({
        code: 'BACKEND_UNAVAILABLE',
        message: expect.stringContaining('No matching distribution') as string,
      })
      expect(environments()).toEqual([])
    },
  )

  test('is refused for a Python that is too old', async () => {
    const { open } = await scene({ version: '3.10.9' })
    await expect(open()).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      message: expect.stringContaining('(is 3.10.9)') as string,
    })
  })

  test('is refused where there is no such Python', async () => {
    const options = { requirements, python: '/no/such/python' }
    await expect(openVirtualEnvironment(options)).rejects.toThrow('/no/such/python (not there)')
  })

  test('is not begun when aborted', async () => {
    const python = await standInPython()
    const signal = AbortSignal.abort(new Error('stop'))
    await expect(openVirtualEnvironment({ requirements, python: python.path, signal })).rejects.toThrow('stop')
    expect(await python.calls()).toEqual([])
  })
})
