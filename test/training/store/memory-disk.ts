// A disk in memory that can lose its power: what was not synced is gone; and one whose process dies at its n-th operation.
import type { StoreFiles } from '../../../src/training/store/store-files.ts'

type FileNode = { readonly kind: 'file'; bytes: Uint8Array }
type FolderNode = {
  readonly kind: 'folder'
  entries: Map<string, Node>
  /** What is still there after a loss of power. */
  durable: Map<string, Node>
}
type Node = FileNode | FolderNode

export class MemoryDisk {
  #root: FolderNode = createFolder()

  clone(): MemoryDisk {
    const copy = new MemoryDisk()
    copy.#root = cloneNode(this.#root, new Map()) as FolderNode
    return copy
  }

  /** Every name that was not synced since is as it was; bytes are synced by whoever writes them. */
  losePower(): void {
    const lose = (folder: FolderNode): void => {
      folder.entries = new Map(folder.durable)
      for (const node of folder.entries.values()) if (node.kind === 'folder') lose(node)
    }
    lose(this.#root)
  }

  /** Paths of all files and folders. */
  paths(): string[] {
    const found: string[] = []
    const walk = (folder: FolderNode, prefix: string): void => {
      for (const [name, node] of folder.entries) {
        found.push(`${prefix}${name}`)
        if (node.kind === 'folder') walk(node, `${prefix}${name}/`)
      }
    }
    walk(this.#root, '')
    return found.sort()
  }

  files(model: string): StoreFiles {
    return {
      path: `models/${model}`,
      model,
      list: (folder) => Promise.resolve(this.#folder(folder) && [...(this.#folder(folder)?.entries.keys() ?? [])]),
      read: (path) => Promise.resolve(this.#file(path)?.bytes.slice()),
      write: (path, bytes) => Promise.resolve(this.#put(path, bytes.slice())),
      append: (path, bytes) => {
        const before = this.#file(path)?.bytes ?? new Uint8Array()
        return Promise.resolve(this.#put(path, new Uint8Array([...before, ...bytes])))
      },
      makeFolder: (path) => {
        const [parent, name] = this.#parent(path)
        if (!parent.entries.has(name)) parent.entries.set(name, createFolder())
        return Promise.resolve()
      },
      rename: (from, to) => {
        const [source, sourceName] = this.#parent(from)
        const [target, targetName] = this.#parent(to)
        const node = source.entries.get(sourceName)
        const there = target.entries.get(targetName)
        if (node === undefined) return Promise.reject(new Error(`ENOENT: ${from}`))
        if (there?.kind === 'folder' && there.entries.size > 0) return Promise.reject(new Error(`ENOTEMPTY: ${to}`))
        source.entries.delete(sourceName)
        target.entries.set(targetName, node)
        return Promise.resolve()
      },
      remove: (path) => {
        const [parent, name] = this.#parent(path)
        parent.entries.delete(name)
        return Promise.resolve()
      },
      syncFolder: (path) => {
        const folder = this.#folder(path)
        if (folder === undefined) return Promise.reject(new Error(`ENOENT: ${path}`))
        folder.durable = new Map(folder.entries)
        return Promise.resolve()
      },
    }
  }

  #node(path: string): Node | undefined {
    let node: Node | undefined = this.#root
    for (const part of path.split('/').filter((name) => name !== ''))
      node = node?.kind === 'folder' ? node.entries.get(part) : undefined
    return node
  }

  #folder(path: string): FolderNode | undefined {
    const node = this.#node(path)
    return node?.kind === 'folder' ? node : undefined
  }

  #file(path: string): FileNode | undefined {
    const node = this.#node(path)
    return node?.kind === 'file' ? node : undefined
  }

  #parent(path: string): [FolderNode, string] {
    const cut = path.lastIndexOf('/')
    const folder = this.#folder(path.slice(0, Math.max(cut, 0)))
    if (folder === undefined) throw new Error(`ENOENT: ${path}`)
    return [folder, path.slice(cut + 1)]
  }

  #put(path: string, bytes: Uint8Array): void {
    const [parent, name] = this.#parent(path)
    const node = parent.entries.get(name)
    if (node?.kind === 'file') node.bytes = bytes
    else parent.entries.set(name, { kind: 'file', bytes })
  }
}

export class Killed extends Error {}

/**
 * Files of a process that is killed at point `killAt`: each operation that changes something is one point, and a write or
 * append is two more, after half and after nine tenths of its bytes. `kill` is what the killed process comes to: here an error, and every
 * operation after it fails too, as the `finally` of a dead process does not run.
 */
export function dyingFiles(files: StoreFiles, killAt: number, kill: () => never): StoreFiles {
  let point = 0
  const isDead = (): boolean => point >= killAt
  const step = (): void => {
    if (isDead() || ++point === killAt) kill()
  }
  const torn = async (bytes: Uint8Array, write: (some: Uint8Array) => Promise<void>): Promise<void> => {
    for (const share of [0.5, 0.9]) {
      if (point + 1 === killAt) await write(bytes.subarray(0, Math.floor(share * bytes.length)))
      step()
    }
    return write(bytes)
  }
  return {
    ...files,
    write: async (path, bytes, like) => (step(), torn(bytes, (some) => files.write(path, some, like))),
    append: async (path, bytes) => (step(), torn(bytes, (some) => files.append(path, some))),
    makeFolder: async (path) => (step(), files.makeFolder(path)),
    rename: async (from, to) => (step(), files.rename(from, to)),
    remove: async (path) => (step(), files.remove(path)),
    syncFolder: async (path) => (step(), files.syncFolder(path)),
  }
}

function createFolder(): FolderNode {
  return { kind: 'folder', entries: new Map(), durable: new Map() }
}

/** One node stays one where it has two names: a folder's present and its durable one. */
function cloneNode(node: Node, known: Map<Node, Node>): Node {
  const found = known.get(node)
  if (found !== undefined) return found
  if (node.kind === 'file') {
    const copy: FileNode = { kind: 'file', bytes: node.bytes }
    known.set(node, copy)
    return copy
  }
  const copy = createFolder()
  known.set(node, copy)
  for (const part of ['entries', 'durable'] as const)
    for (const [name, child] of node[part]) copy[part].set(name, cloneNode(child, known))
  return copy
}
