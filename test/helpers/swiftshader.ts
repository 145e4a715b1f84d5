// Nothing in; WebGPU on SwiftShader, a GPU made of software, ready for Dawn out, or why it cannot be had.

import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import process from 'node:process'

/** Where Debian's chromium-common puts it, and where drivers announce themselves. */
const usualPlaces = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/lib/chromium-browser/vk_swiftshader_icd.json',
  '/usr/share/vulkan/icd.d/vk_swiftshader_icd.json',
  '/etc/vulkan/icd.d/vk_swiftshader_icd.json',
]

const packages = ['webgpu', '@tensorflow/tfjs-backend-webgpu']

/**
 * Why no test can run on SwiftShader; undefined where it can. It tells Vulkan's loader, which reads the environment of the
 * process, so call it before Dawn is asked for an adapter.
 */
export function whyNoSwiftshader(): string | undefined {
  const require = createRequire(import.meta.url)
  for (const name of packages) {
    try {
      require.resolve(`${name}/package.json`)
    } catch {
      return `package ${name} is not installed`
    }
  }
  const chosen = process.env['VK_ICD_FILENAMES']
  if (chosen !== undefined)
    return existsSync(chosen) ? undefined : `VK_ICD_FILENAMES names ${chosen}, which is not there`
  const found = usualPlaces.find((path) => existsSync(path))
  if (found === undefined) return 'vk_swiftshader_icd.json is nowhere: install chromium-common or set VK_ICD_FILENAMES'
  process.env['VK_ICD_FILENAMES'] = found
  return undefined
}
