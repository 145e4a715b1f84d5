// Promote, rollback and history through the command line: answers, JSON, exit codes.
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { openModelStore } from '../../src/training/store/model-store.ts'
import { temporaryModelsDir } from '../helpers/artifacts.ts'
import { checksumOf, versionEntry } from '../training/store/store-scene.ts'
import { runCommand } from './run-command.ts'

let modelDir = ''

/** 1.0.0 is staged, 2.0.0 too, 3.0.0 failed a gate, 4.0.0 is below the floor. */
beforeEach(async () => {
  const dir = temporaryModelsDir()
  dir.addFile('tiny', 'service.json', { name: 'tiny', accuracyFloor: 0.85 })
  modelDir = join(dir.path, 'tiny')
  const store = await openModelStore(modelDir, { clock: () => new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 6)) })
  for (const version of ['1.0.0', '2.0.0']) await store.register(versionEntry(version))
  await store.register(versionEntry('3.0.0', 'development'))
  await store.register(versionEntry('4.0.0', 'staging', 0.8))
})

const promote = (version: string, ...more: string[]) => runCommand(['promote', modelDir, version, ...more])

describe('promote', () => {
  test('says what is in production, and what was', async () => {
    expect(await promote('1.0.0')).toEqual({
      exitCode: 0,
      stdout: '1.0.0 is in production (the first one)\n',
      stderr: '',
    })
    expect((await promote('2.0.0')).stdout).toBe('2.0.0 is in production (before: 1.0.0)\n')
    expect(await promote('2.0.0')).toEqual({ exitCode: 0, stdout: '2.0.0 is in production already\n', stderr: '' })
  })

  test('prints JSON, and keeps the reason', async () => {
    expect(JSON.parse((await promote('1.0.0', '--json')).stdout)).toEqual({ version: '1.0.0', previous: null })
    const { stdout } = await promote('2.0.0', '--reason', 'better', '--json')
    expect(JSON.parse(stdout)).toEqual({ version: '2.0.0', previous: '1.0.0' })
    const history = await (await openModelStore(modelDir)).history()
    expect(history.at(-2)).toMatchObject({ action: 'promote', version: '2.0.0', reason: 'better' })
  })

  test.each<[string, string, number, RegExp]>([
    ['a version below the floor', '4.0.0', 1, /^error ACCURACY_BELOW_FLOOR: .*at least 0\.85; 0\.8 was measured/],
    ['a version that failed a gate', '3.0.0', 2, /^error VALIDATION_FAILED: tiny@3\.0\.0 is in development/],
    [
      'a version that is not there',
      '9.0.0',
      2,
      /^error MODEL_NOT_FOUND: tiny has no version 9\.0\.0; it has: 1\.0\.0, /,
    ],
  ])('refuses %s in one line', async (_, version, exitCode, message) => {
    const result = await promote(version)
    expect(result).toMatchObject({ exitCode, stdout: '' })
    expect(result.stderr).toMatch(message)
    expect(await (await openModelStore(modelDir)).production()).toBeUndefined()
  })

  test('refuses a folder that is not there', async () => {
    const { exitCode, stderr } = await runCommand(['promote', join(modelDir, 'nowhere'), '1.0.0'])
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/^error MODEL_NOT_FOUND: there is no model folder /)
  })
})

describe('rollback', () => {
  test('leads back, says from where, and says in JSON too', async () => {
    for (const version of ['1.0.0', '2.0.0', '1.0.0']) await promote(version)
    expect(await runCommand(['rollback', modelDir, '--reason', 'worse'])).toEqual({
      exitCode: 0,
      stdout: '2.0.0 is in production again (before: 1.0.0)\n',
      stderr: '',
    })
    await promote('1.0.0')
    const { stdout } = await runCommand(['rollback', modelDir, '--json'])
    expect(JSON.parse(stdout)).toEqual({ version: '2.0.0', previous: '1.0.0' })
  })

  test('refuses where nothing was in production before', async () => {
    await promote('1.0.0')
    const { exitCode, stdout, stderr } = await runCommand(['rollback', modelDir])
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toMatch(/^error VALIDATION_FAILED: tiny has no version to roll back to: /)
  })
})

describe('history', () => {
  test('is a table of what happened, with the states of today', async () => {
    const store = await openModelStore(modelDir, { clock: () => new Date(Date.UTC(2026, 0, 2, 3, 4, 6)) })
    await store.promote('1.0.0', { reason: 'first\nof all' })
    await store.promote('2.0.0')
    const { exitCode, stdout } = await runCommand(['history', modelDir])
    expect(exitCode).toBe(0)
    const lines = stdout.split('\n')
    expect(lines[0]).toBe('time                  action     version  state        reason')
    expect(lines).toContain('2026-01-02T03:04:05Z  register   3.0.0    development')
    expect(lines.slice(-5)).toEqual([
      '2026-01-02T03:04:05Z  stage      4.0.0    staging',
      '2026-01-02T03:04:06Z  promote    1.0.0    deprecated   first of all',
      '2026-01-02T03:04:06Z  promote    2.0.0    production',
      '2026-01-02T03:04:06Z  deprecate  1.0.0    deprecated',
      '',
    ])
  })

  test('prints versions and entries as JSON', async () => {
    await promote('1.0.0')
    const { stdout } = await runCommand(['history', modelDir, '--json'])
    const { production, versions, history } = JSON.parse(stdout) as Record<string, unknown[]>
    expect(production).toBe('1.0.0')
    expect(versions[0]).toEqual({ version: '1.0.0', state: 'production', checksum: checksumOf('1.0.0') })
    expect(history.at(-1)).toMatchObject({ seq: 8, action: 'promote', version: '1.0.0' })
  })

  test('of a model without one says so, and writes nothing', async () => {
    const dir = temporaryModelsDir()
    dir.addFile('other', 'service.json', {})
    const { exitCode, stdout } = await runCommand(['history', join(dir.path, 'other')])
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: `no version of ${join(dir.path, 'other')} was registered yet\n`,
    })
  })
})
