// This process and the packages beside it in; Node, platform and caches, as doctor reports them, out.

import { readFileSync } from 'node:fs'
import { arch, availableParallelism, cpus, release, totalmem, type } from 'node:os'
import { installedVersion } from '../installed-package.ts'
import { packageFile } from '../package-file.ts'
import type { CacheFinding, DoctorReport } from './doctor-report.ts'

type Manifest = { readonly name: string; readonly version: string; readonly engines: { readonly node: string } }

export function examineMachine(): Pick<DoctorReport, 'library' | 'node' | 'platform'> {
  const manifest = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as Manifest
  const { node: wanted } = manifest.engines
  return {
    library: { name: manifest.name, version: manifest.version },
    node: { version: process.versions.node, wanted, isSupported: isAtLeast(process.versions.node, wanted) },
    platform: {
      os: `${type()} ${release()}`,
      architecture: arch(),
      processor: cpus()[0]?.model ?? 'unknown',
      coreCount: availableParallelism(),
      memoryByteLength: totalmem(),
    },
  }
}

/** `range` is written as `>=20.19`. */
export function isAtLeast(version: string, range: string): boolean {
  const wanted = range.replace(/^\D*/, '').split('.').map(Number)
  const given = version.split('.').map(Number)
  for (let i = 0; i < wanted.length; i++) if (given[i] !== wanted[i]) return (given[i] ?? 0) > wanted[i]
  return true
}

export function examineCaches(): CacheFinding[] {
  const keyv = installedVersion('keyv')
  const adapter = installedVersion('@keyv/redis')
  const missing = [...(keyv === undefined ? ['keyv@5'] : []), ...(adapter === undefined ? ['@keyv/redis@5'] : [])]
  return [
    {
      name: 'memory',
      isAvailable: true,
      package: null,
      finding: 'built in, and what caching uses by default',
      remedy: null,
    },
    {
      name: 'redis',
      isAvailable: missing.length === 0,
      package: missing.length === 0 ? `@keyv/redis ${adapter}, keyv ${keyv}` : null,
      finding: missing.length === 0 ? 'installed; used where caching.redisUrl is given' : 'not installed',
      remedy: missing.length === 0 ? null : `npm install ${missing.join(' ')}`,
    },
  ]
}
