// Sources, headers and libraries under the home in; the compiled add-on, and the shims that its JavaScript needs, out.

import { mkdir, readdir, rename, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { packageFolder } from './fetch-packages.ts'
import { endText, installFailure, lastLines } from './install-failure.ts'
import type { InstallFolders } from './install-folders.ts'
import type { InstallPlan } from './install-plan.ts'
import type { Machine, ToolCommand } from './machine.ts'

/** What the add-on's JavaScript calls TensorFlow.js is the one that this process has. */
const shim = "module.exports = globalThis[Symbol.for('tfjs-serving.tfjs-core')]\n"

/** Packages that the add-on's JavaScript requires, and that are shims. */
const shimNames = ['@tensorflow/tfjs', '@tensorflow/tfjs-core']

/** Node-API 8 is what the add-on's own build asks for; every Node since 15.12 has it. */
const nodeApiVersion = 8

/** @throws BACKEND_UNAVAILABLE where the compiler fails; `signal.reason` */
export async function buildAddon(
  plan: InstallPlan,
  compiler: ToolCommand,
  folders: InstallFolders,
  machine: Machine,
  signal?: AbortSignal,
): Promise<void> {
  for (const name of shimNames) {
    await mkdir(join(folders.modules, name), { recursive: true })
    await writeFile(join(folders.modules, name, 'index.js'), shim)
  }
  const part = join(folders.build, 'tfjs_binding.node.part')
  const result = await machine.run(
    [...compiler, ...(await compilerArguments(plan, folders, part))],
    signal === undefined ? {} : { signal },
  )
  if (result.kind !== 'exited' || result.exitCode !== 0)
    throw installFailure('compile', `${compiler.join(' ')} could not compile the add-on (${endText(result)})`, {
      quoted: lastLines(result),
    })
  await rename(part, folders.binding)
}

/** Folder of the package that has the add-on's sources. */
export function addonPackage(plan: InstallPlan, folders: InstallFolders): string {
  const tarball = plan.tarballs.find(({ package: name }) => name.startsWith('@tensorflow/tfjs-node'))
  if (tarball === undefined) throw installFailure('compile', 'the plan has no package with the sources of the add-on')
  return packageFolder(tarball, folders)
}

async function compilerArguments(plan: InstallPlan, folders: InstallFolders, output: string): Promise<string[]> {
  const sources = addonPackage(plan, folders)
  const includes = [
    join(folders.build, 'node-api-headers', 'include'),
    join(folders.build, 'tensorflow/include'),
    sources,
  ]
  return [
    ...['-std=c++17', '-O2', '-fPIC', '-shared', '-fno-exceptions'],
    ...[`-DNAPI_VERSION=${nodeApiVersion}`, '-DBUILDING_NODE_EXTENSION'],
    ...includes.map((folder) => `-I${folder}`),
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(sources, 'binding', file)),
    ...['-o', output],
    `-L${join(folders.libraries, 'tensorflow')}`,
    ...['-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'],
    ...linkedLibraries(plan, folders),
    // handed on to the libraries' own needs, as DT_RUNPATH would not be
    '-Wl,--disable-new-dtags',
    ...(await libraryFolders(folders)).map((folder) => `-Wl,-rpath,$ORIGIN/${relative(folders.addon, folder)}`),
  ]
}

/** `--no-as-needed`: the sources name nothing of theirs. */
function linkedLibraries({ linkedLibraries: paths = [] }: InstallPlan, { libraries }: InstallFolders): string[] {
  return paths.length === 0 ? [] : ['-Wl,--no-as-needed', ...paths.map((path) => join(libraries, path))]
}

/** Every folder that holds a shared library, in one order everywhere. */
async function libraryFolders({ libraries }: InstallFolders): Promise<string[]> {
  const found = new Set<string>()
  for (const entry of await readdir(libraries, { recursive: true, withFileTypes: true }))
    if (/\.so(\.|$)/.test(entry.name)) found.add(entry.parentPath)
  return [...found].sort()
}
