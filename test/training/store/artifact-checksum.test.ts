// The checksum of a version: what changes it, what does not, and that a shell computes the same.
import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { nodeSha256 } from '../../../src/runtime/node-hash.ts'
import { artifactChecksum } from '../../../src/training/store/artifact-checksum.ts'

const files = { 'model.json': Uint8Array.of(1), 'b.bin': Uint8Array.of(2), 'a.bin': Uint8Array.of(3) }
const sum = (some: Record<string, Uint8Array>): string => artifactChecksum(some, nodeSha256)
const sha = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

it('is that of what sha256sum prints of the files in order', () => {
  const printed = ['a.bin', 'b.bin', 'model.json'].map((name) => `${sha(files[name as keyof typeof files])}  ${name}\n`)
  expect(sum(files)).toBe(sha(printed.join('')))
})

it('does not depend on the order of the files, nor on what is no part of the artifact', () => {
  const { 'model.json': model, ...shards } = files
  expect(sum({ ...shards, 'model.json': model })).toBe(sum(files))
  expect(sum({ ...files, 'lineage.json': Uint8Array.of(9), 'card.md': Uint8Array.of(9) })).toBe(sum(files))
})

it.each<[string, Record<string, Uint8Array>]>([
  ['another byte', { ...files, 'a.bin': Uint8Array.of(4) }],
  ['another name', { 'model.json': files['model.json'], 'b.bin': files['b.bin'], 'c.bin': files['a.bin'] }],
  ['names that were exchanged', { ...files, 'a.bin': files['b.bin'], 'b.bin': files['a.bin'] }],
  ['a file more', { ...files, 'c.bin': new Uint8Array() }],
])('changes with %s', (_, other) => {
  expect(sum(other)).not.toBe(sum(files))
})
