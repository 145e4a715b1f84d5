// The home of a flavour in, the places where an install keeps its parts out.

import { join } from 'node:path'
import { markerName } from '../../backend/host/native-home.ts'

export type InstallFolders = {
  readonly home: string
  /** Present while a process installs here. */
  readonly lock: string
  /** Says that the install is whole. */
  readonly marker: string
  /** Wheels and tarballs, as they came. */
  readonly download: string
  /** Headers and what else only the compiler needs. */
  readonly build: string
  /** Libraries under their paths in the wheels, since they look for each other by these. */
  readonly libraries: string
  readonly addon: string
  readonly modules: string
  readonly binding: string
}

export function installFolders(home: string): InstallFolders {
  const addon = join(home, 'addon')
  return {
    home,
    lock: join(home, 'install.lock'),
    marker: join(home, markerName),
    download: join(home, 'download'),
    build: join(home, 'build'),
    libraries: join(home, 'lib'),
    addon,
    modules: join(addon, 'node_modules'),
    binding: join(addon, 'tfjs_binding.node'),
  }
}

/** Needed by the compiler and by nothing later. */
export function isHeader(entry: string): boolean {
  return entry.startsWith('tensorflow/include/')
}
