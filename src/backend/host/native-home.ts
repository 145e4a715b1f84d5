// A flavour of the native add-on in; the per-user folder where `native install` puts it, and what lies there, out.

import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { oneOf, openObject, text as anyText, type ValueOf } from '../../artifact/shape.ts'

/** `gpu` computes with CUDA where there is a card, and on the CPU where there is none. */
export type NativeFlavour = 'cpu' | 'gpu'

/** The one TensorFlow that the add-on is built against. */
export const tensorflowVersion = '2.21.0'

/** The one TensorFlow.js that the add-on's sources are of. */
export const tfjsNodeVersion = '4.22.0'

/** Written when everything else is in place, so that its presence says that the install is whole. */
export const markerName = 'installed.json'

const markerShape = openObject({
  flavour: oneOf('cpu', 'gpu'),
  tensorflow: anyText,
  tfjsNode: anyText,
  /** Folder, relative to the home, that holds tfjs_binding.node and node_modules with the add-on's JavaScript. */
  addon: anyText,
})

export type NativeInstall = ValueOf<typeof markerShape> & {
  /** Absolute. */
  readonly home: string
}

/** Absolute. `TFJS_SERVING_CACHE` names another root than the user's own cache folder, from here where it is relative. */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  const { TFJS_SERVING_CACHE: chosen, XDG_CACHE_HOME: xdg } = env
  if (chosen !== undefined && chosen !== '') return resolve(chosen)
  return join(xdg !== undefined && xdg !== '' ? xdg : join(homedir(), '.cache'), 'tfjs-serving')
}

/** One folder a flavour, TensorFlow, platform and processor; Node's version does not matter to an add-on of Node-API. */
export function nativeHome(flavour: NativeFlavour, env: NodeJS.ProcessEnv = process.env): string {
  return join(cacheRoot(env), 'native', `${flavour}-${tensorflowVersion}-${process.platform}-${process.arch}`)
}

/** What is installed whole; undefined where nothing is, or only a part. */
export async function findNative(
  flavour: NativeFlavour,
  env: NodeJS.ProcessEnv = process.env,
): Promise<NativeInstall | undefined> {
  const home = nativeHome(flavour, env)
  let text: string
  try {
    text = await readFile(join(home, markerName), 'utf8')
  } catch {
    return undefined
  }
  const found = safeJson(text)
  if (markerShape.issueOf(found) !== undefined) return undefined
  const marker = found as ValueOf<typeof markerShape>
  return marker.flavour === flavour ? { ...marker, home } : undefined
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
