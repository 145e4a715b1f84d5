// package.json and package-lock.json: what they point to is there, and a clean install works on every platform.
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

type Manifest = {
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>
  readonly bin: Readonly<Record<string, string>>
  readonly files: readonly string[]
  readonly engines: { readonly node: string }
  readonly scripts: Readonly<Record<string, string>>
}

type Locked = {
  readonly version?: string
  readonly resolved?: string
  readonly integrity?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const rootUrl = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, rootUrl), 'utf8')
const manifest = JSON.parse(read('package.json')) as Manifest
const locked = (JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> }).packages

/** All that importing the package loads at once, put together after the rest. */
const bundled = './dist/index.js'

/** The source that `npm run build` makes a file of dist/ from. */
const sourceOf = (path: string) =>
  path === bundled ? 'scripts/bundle.mjs' : path.replace(/^(\.\/)?dist\//, '').replace(/(\.d\.ts|\.js)$/, '.ts')

test('exports and bin point to files that the build makes', () => {
  const targets = [...Object.values(manifest.exports), ...Object.values(manifest.bin)]
    .flatMap((target) => (typeof target === 'string' ? [target] : Object.values(target)))
    .filter((target) => target.includes('dist/'))
  expect(targets.length).toBeGreaterThanOrEqual(5)
  expect(targets.filter((target) => !existsSync(new URL(sourceOf(target), rootUrl)))).toEqual([])
})

test('types come before default, for the first condition that matches is taken', () => {
  for (const target of Object.values(manifest.exports))
    if (typeof target !== 'string') expect(Object.keys(target)).toEqual(['types', 'default'])
})

test('the command begins with a line that names its interpreter', () => {
  for (const target of Object.values(manifest.bin)) expect(read(sourceOf(target))).toMatch(/^#!\/usr\/bin\/env node\n/)
})

test('no step of an install runs anything', () => {
  const hooks = ['preinstall', 'install', 'postinstall', 'prepare']
  expect(hooks.filter((hook) => hook in manifest.scripts)).toEqual([])
})

test('the lock names no host, and pins every package by its hash', () => {
  const packages = Object.entries(locked).filter(([path]) => path !== '')
  expect(packages.filter(([, entry]) => entry.resolved !== undefined)).toEqual([])
  expect(packages.filter(([, entry]) => entry.integrity === undefined)).toEqual([])
})

test('the lock has every dependency, optional ones of other platforms too; without them npm ci refuses', () => {
  const missing = Object.entries(locked).flatMap(([path, entry]) =>
    Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })
      .filter((name) => !candidatesOf(path, name).some((candidate) => candidate in locked))
      .map((name) => `${path} needs ${name}`),
  )
  expect(missing).toEqual([])
})

/** Places where Node looks for `name` when the package at `path` asks for it, nearest first. */
function candidatesOf(path: string, name: string): string[] {
  const parents = path.split(/\/?node_modules\//).filter((part) => part !== '')
  return Array.from({ length: parents.length + 1 }, (_, depth) =>
    [...parents.slice(0, parents.length - depth), name].map((part) => `node_modules/${part}`).join('/'),
  )
}
