// JavaScript in, an install of the native add-on that does it when a host opens it out: a host on any machine, well or ill.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { markerName, nativeHome, tensorflowVersion, tfjsNodeVersion } from '../../src/backend/host/native-home.ts'

/** TensorFlow.js' kernels for plain JavaScript under the name of the native backend: right, and there on every machine. */
export const plainAddon = `
const tf = globalThis[Symbol.for('tfjs-serving.tfjs-core')]
const { MathBackendCPU } = require(${JSON.stringify(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-cpu'))})
tf.env().set('IS_TEST', true)
tf.copyRegisteredKernels('cpu', 'tensorflow')
class NodeJSKernelBackend extends MathBackendCPU {
  isUsingGpuDevice = false
  isGPUPackage = false
  binding = { TF_Version: '0.0' }
  getNumOfTFTensors() { return this.numDataIds() }
}
const put = (path, exports) => { require.cache[path] = { id: path, filename: path, loaded: true, exports } }
put(require.resolve('./nodejs_kernel_backend.js'), { NodeJSKernelBackend })
put(require.resolve('../../../../tfjs_binding.node'), {})
`

export type StandInAddon = {
  /** What TFJS_SERVING_CACHE has to say. */
  readonly cache: string
  install(code: string): void
  remove(): void
}

export function createStandInAddon(): StandInAddon {
  const cache = mkdtempSync(join(tmpdir(), 'tfjs-serving-host-'))
  return {
    cache,
    install(code) {
      const home = nativeHome('cpu', { TFJS_SERVING_CACHE: cache })
      const dist = join(home, 'addon/node_modules/@tensorflow/tfjs-node/dist')
      mkdirSync(dist, { recursive: true })
      writeFileSync(join(home, 'addon/tfjs_binding.node'), '')
      writeFileSync(join(dirname(dist), 'package.json'), '{"name":"@tensorflow/tfjs-node"}')
      writeFileSync(join(dist, 'nodejs_kernel_backend.js'), '')
      writeFileSync(join(dist, 'register_all_kernels.js'), code)
      const marker = { flavour: 'cpu', tensorflow: tensorflowVersion, tfjsNode: tfjsNodeVersion, addon: 'addon' }
      writeFileSync(join(home, markerName), JSON.stringify(marker))
    },
    remove: () => rmSync(cache, { recursive: true, force: true }),
  }
}
