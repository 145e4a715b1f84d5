// A processor's architecture in; what the CPU flavour of the add-on is made of there, out.

import { tensorflowVersion, tfjsNodeVersion } from '../../backend/host/native-home.ts'
import { createInstallPlan, type InstallPlan } from './install-plan.ts'
import type { PinnedTarball, PinnedWheel } from './pinned.ts'

/** All that the add-on's sources include: 234 files of the 10,400 under tensorflow/include. */
export const tensorflowHeaders: readonly string[] = [
  'tensorflow/include/tensorflow/c/',
  'tensorflow/include/tensorflow/core/platform/',
  'tensorflow/include/tsl/platform/',
  'tensorflow/include/xla/tsl/c/',
]

const keep = [...tensorflowHeaders, 'tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2']

/** By process.arch. tensorflow-cpu has no wheels for arm64: there the wheel named tensorflow is the CPU's. */
export const cpuWheels: Readonly<Record<string, PinnedWheel>> = {
  x64: {
    project: 'tensorflow-cpu',
    version: tensorflowVersion,
    fileName: 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
    sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
    byteLength: 273_829_956,
    unpackedByteLength: 854_258_761,
    pipPlatform: 'manylinux_2_27_x86_64',
    keep,
  },
  arm64: {
    project: 'tensorflow',
    version: tensorflowVersion,
    fileName: 'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_aarch64.whl',
    sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
    byteLength: 281_828_020,
    unpackedByteLength: 884_012_033,
    pipPlatform: 'manylinux_2_27_aarch64',
    keep,
  },
}

/** Needed by every flavour, beside the package with the add-on's own sources. */
export const sharedTarballs: readonly PinnedTarball[] = [
  {
    package: 'google-protobuf',
    version: '3.21.4',
    integrity: 'sha512-MnG7N936zcKTco4Jd2PX2U96Kf9PxygAPKBug+74LHzmHXmceN16MmRcdgZv+DGef/S9YvQAfRsNCn4cjf9yyQ==',
  },
  {
    // spares users Node's own headers, which many ways of installing Node leave out
    package: 'node-api-headers',
    version: '1.9.0',
    integrity: 'sha512-2oNILP4jXwRB4ywnYKjVk1YyJ96n2D4EOVJO6S3oYZ5PtbJrw3Yt9TpAuX3nBLMuzn74rnfGQrv13pS9vC+YiA==',
  },
]

export const cpuTarballs: readonly PinnedTarball[] = [
  {
    package: '@tensorflow/tfjs-node',
    version: tfjsNodeVersion,
    integrity: 'sha512-uHrXeUlfgkMxTZqHkESSV7zSdKdV0LlsBeblqkuKU9nnfxB1pC6DtoyYVaLxznzZy7WQSegjcohxxCjAf6Dc7w==',
  },
  ...sharedTarballs,
]

/** Undefined where TensorFlow has no wheel for the architecture. */
export function cpuPlan(arch: string, home: string): InstallPlan | undefined {
  const wheel = cpuWheels[arch]
  return wheel === undefined ? undefined : createInstallPlan('cpu', home, [wheel], cpuTarballs)
}
