// The flavour that lies in an install's folders in; the marker by which the runtime finds it, whole or not at all, out.

import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { markerName, type NativeFlavour, tensorflowVersion, tfjsNodeVersion } from '../../backend/host/native-home.ts'
import type { InstallFolders } from './install-folders.ts'

/** Writes it into `home`, which is the add-on's own home but for a proof. */
export async function writeMarker(flavour: NativeFlavour, home: string, { addon }: InstallFolders): Promise<void> {
  const marker = { flavour, tensorflow: tensorflowVersion, tfjsNode: tfjsNodeVersion, addon: relative(home, addon) }
  const path = join(home, markerName)
  await mkdir(home, { recursive: true })
  await writeFile(`${path}.part`, JSON.stringify(marker))
  await rename(`${path}.part`, path)
}
