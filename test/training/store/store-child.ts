// A process that runs one command of a store and kills itself at one of its operations: node … <modelDir> <command> <killAt>
import process from 'node:process'
import { nodeSha256 } from '../../../src/runtime/node-hash.ts'
import { createDiskFiles } from '../../../src/training/store/disk-files.ts'
import { openFolderStore } from '../../../src/training/store/folder-store.ts'
import { createNodeProcess } from '../../../src/training/store/node-process.ts'
import { dyingFiles } from './memory-disk.ts'
import { versionEntry } from './store-scene.ts'

const [modelDir, command, killAt] = process.argv.slice(-3)

const kill = (): never => {
  process.kill(process.pid, 'SIGKILL')
  for (;;);
}
const store = await openFolderStore({
  files: dyingFiles(createDiskFiles(modelDir), Number(killAt), kill),
  process: await createNodeProcess(),
  clock: () => new Date(),
  hash: nodeSha256,
})
if (command.startsWith('register@')) await store.register(versionEntry(command.slice('register@'.length)))
if (command === 'promote' || command === 'both') await store.promote('3.0.0', { reason: 'better' })
if (command === 'rollback' || command === 'both') await store.rollback({ reason: 'worse' })
