// The home of the gpu flavour in; what its install fetches, links and builds, out.

import { tfjsNodeVersion } from '../../../backend/host/native-home.ts'
import { sharedTarballs } from '../cpu-plan.ts'
import { createInstallPlan, type InstallPlan } from '../install-plan.ts'
import type { PinnedTarball } from '../pinned.ts'
import { gpuWheels } from './pinned-wheels.ts'

/** By process.arch: the wheel of TensorFlow for arm64 has no CUDA. */
export const gpuArches: readonly string[] = ['x64']

/** The same sources as @tensorflow/tfjs-node; its name is what lets kernels know that they may use the card's formats. */
export const gpuTarballs: readonly PinnedTarball[] = [
  {
    package: '@tensorflow/tfjs-node-gpu',
    version: tfjsNodeVersion,
    integrity: 'sha512-p//NN6DGiN4hInUmIkRffaFVMcdTREUMjPyjW04J7OXvB2zBlQimj61eFKSgRrH3f5TnOfKzb0n56he/B6a4bw==',
  },
  ...sharedTarballs,
]

/**
 * Libraries that the add-on needs itself, as paths below the install's libraries. TensorFlow opens them by their bare names
 * from libtensorflow_framework.so.2, and finds what is loaded already before it searches its own DT_RUNPATH, which in
 * TensorFlow 2.21.0 has no folder of cusolver: it would say "Cannot dlopen some GPU libraries" in its log and go on without
 * the card. So they are loaded with the add-on, and one that is missing is an error at once.
 */
export const gpuLinkedLibraries: readonly string[] = [
  'nvidia/cuda_runtime/lib/libcudart.so.12',
  'nvidia/cublas/lib/libcublas.so.12',
  'nvidia/cublas/lib/libcublasLt.so.12',
  'nvidia/cufft/lib/libcufft.so.11',
  'nvidia/cusolver/lib/libcusolver.so.11',
  'nvidia/cusparse/lib/libcusparse.so.12',
  'nvidia/cudnn/lib/libcudnn.so.9',
]

export function gpuPlan(home: string): InstallPlan {
  return { ...createInstallPlan('gpu', home, gpuWheels, gpuTarballs), linkedLibraries: gpuLinkedLibraries }
}
