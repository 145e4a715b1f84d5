// Which versions of this library may serve an artifact, as the artifact says.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { isInRange, libraryVersion } from '../../src/artifact/library-version.ts'
import { readArtifact } from '../../src/artifact/read-artifact.ts'
import { tinyFiles } from '../helpers/tiny-models.ts'

test('is the version of package.json', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  expect(libraryVersion).toBe(version)
})

test.each([
  ['0.1.0', '>=0.1.0', true],
  ['0.1.0', '>0.1.0', false],
  ['0.1.0', '0.1.0', true],
  ['1.10.0', '>=1.9.0 <2.0.0', true],
  ['2.0.0', '>=1.9.0 <2.0.0', false],
  ['1.0.0-rc.1', '>=1.0.0', false],
  ['1.0.0', '<=1.0.0', true],
])('%s in %s: %s', (version, range, isIn) => {
  expect(isInRange(version, range)).toBe(isIn)
})

test.each(['', 'latest', '^1.0.0', '>=1', '>= 1.0.0'])('refuses the range %j', (range) => {
  expect(() => isInRange('1.0.0', range)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }))
})

const files = (servedBy: unknown) => tinyFiles('1.0.0', { change: (metadata) => (metadata['servedBy'] = servedBy) })

test('an artifact for this version is read', () => {
  const range = `>=${libraryVersion}`
  expect(readArtifact(files(range)).metadata.servedBy).toBe(range)
})

test.each([
  ['>=99.0.0', 'VERSION_INCOMPATIBLE', /served by tfjs-serving >=99\.0\.0, this is /],
  ['<0.0.1', 'VERSION_INCOMPATIBLE', /convert the model again/],
  ['new ones', 'VALIDATION_FAILED', /got "new ones"/],
  [7, 'VALIDATION_FAILED', /servedBy/],
])('an artifact for %j is refused as %s', (servedBy, code, message) => {
  expect(() => readArtifact(files(servedBy))).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message) }),
  )
})
