// Nothing in; the wheels of TensorFlow with CUDA, by hash, and what of them is kept, with the reasons, out.

import { tensorflowVersion } from '../../../backend/host/native-home.ts'
import { tensorflowHeaders } from '../cpu-plan.ts'
import type { PinnedWheel } from '../pinned.ts'

/**
 * Versions are what `pip install 'tensorflow[and-cuda]==2.21.0'` resolved to on 2026-11-22; hashes are those of the package
 * index. The largest come first: each is deleted once it is unpacked, so that the disk holds little beside the end result.
 *
 * Kept are the libraries that TensorFlow's device factory opens (tsl/platform/default/dlopen_checker.cc: cudart, cublas,
 * cublasLt, cufft, cusolver, cusparse, cudnn; without any one of them it skips the card without an error) and what those
 * need themselves (nvJitLink is NEEDED by cusolver, cusparse; cufft and cuDNN's run-time compiled engines open nvJitLink and
 * nvrtc). Not kept are headers, static libraries and libraries that nobody of these opens: nvblas, cufftw, cusolverMg.
 */
export const gpuWheels: readonly PinnedWheel[] = [
  {
    project: 'nvidia-cudnn-cu12',
    version: '9.28.0.42',
    fileName: 'nvidia_cudnn_cu12-9.28.0.42-py3-none-manylinux_2_27_x86_64.whl',
    sha256: '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375',
    byteLength: 716_538_495,
    unpackedByteLength: 1_162_393_472,
    pipPlatform: 'manylinux_2_27_x86_64',
    // libcudnn.so.9 opens the others by itself, which ones is its own affair
    keep: ['nvidia/cudnn/lib/'],
  },
  {
    project: 'nvidia-cublas-cu12',
    version: '12.9.3.13',
    fileName: 'nvidia_cublas_cu12-12.9.3.13-py3-none-manylinux_2_27_x86_64.whl',
    sha256: 'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72',
    byteLength: 581_217_458,
    unpackedByteLength: 854_310_592,
    pipPlatform: 'manylinux_2_27_x86_64',
    keep: ['nvidia/cublas/lib/libcublas.so.12', 'nvidia/cublas/lib/libcublasLt.so.12'],
  },
  {
    project: 'tensorflow',
    version: tensorflowVersion,
    fileName: 'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
    sha256: '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
    byteLength: 572_440_367,
    unpackedByteLength: 1_259_970_905,
    pipPlatform: 'manylinux_2_27_x86_64',
    keep: [...tensorflowHeaders, 'tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2'],
  },
  {
    project: 'nvidia-cusparse-cu12',
    version: '12.5.10.65',
    fileName: 'nvidia_cusparse_cu12-12.5.10.65-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    sha256: '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
    byteLength: 366_465_088,
    unpackedByteLength: 486_556_368,
    pipPlatform: 'manylinux2014_x86_64',
    keep: ['nvidia/cusparse/lib/libcusparse.so.12'],
  },
  {
    project: 'nvidia-cusolver-cu12',
    version: '11.7.5.82',
    fileName: 'nvidia_cusolver_cu12-11.7.5.82-py3-none-manylinux_2_27_x86_64.whl',
    sha256: '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
    byteLength: 338_117_415,
    unpackedByteLength: 302_024_152,
    pipPlatform: 'manylinux_2_27_x86_64',
    keep: ['nvidia/cusolver/lib/libcusolver.so.11'],
  },
  {
    project: 'nvidia-cufft-cu12',
    version: '11.4.1.4',
    fileName: 'nvidia_cufft_cu12-11.4.1.4-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    sha256: 'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
    byteLength: 200_877_592,
    unpackedByteLength: 291_507_928,
    pipPlatform: 'manylinux2014_x86_64',
    keep: ['nvidia/cufft/lib/libcufft.so.11'],
  },
  {
    project: 'nvidia-cuda-nvrtc-cu12',
    version: '12.9.86',
    fileName: 'nvidia_cuda_nvrtc_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
    sha256: '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
    byteLength: 89_568_129,
    unpackedByteLength: 113_447_240,
    pipPlatform: 'manylinux2010_x86_64',
    keep: ['nvidia/cuda_nvrtc/lib/libnvrtc.so.12', 'nvidia/cuda_nvrtc/lib/libnvrtc-builtins.so.12.9'],
  },
  {
    project: 'nvidia-nvjitlink-cu12',
    version: '12.9.86',
    fileName: 'nvidia_nvjitlink_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
    sha256: 'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
    byteLength: 39_748_338,
    unpackedByteLength: 95_935_344,
    pipPlatform: 'manylinux2010_x86_64',
    keep: ['nvidia/nvjitlink/lib/libnvJitLink.so.12'],
  },
  {
    project: 'nvidia-cuda-runtime-cu12',
    version: '12.9.79',
    fileName: 'nvidia_cuda_runtime_cu12-12.9.79-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    sha256: '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
    byteLength: 3_493_179,
    unpackedByteLength: 741_088,
    pipPlatform: 'manylinux2014_x86_64',
    keep: ['nvidia/cuda_runtime/lib/libcudart.so.12'],
  },
]

/**
 * The rest of what TensorFlow's extra `and-cuda` names: 471 MB to fetch that predicting on one card never opens. Checked by
 * letting TensorFlow create its device without them.
 */
export const leftOutWheels = {
  'nvidia-nccl-cu12': 'sums over several cards; the add-on sees one',
  'nvidia-curand-cu12': 'nothing in this TensorFlow opens it: its random numbers are its own kernels',
  'nvidia-cuda-nvcc-cu12': "ptxas and libdevice serve XLA's compiler, which operations that run one by one never call",
  'nvidia-cuda-cupti-cu12': "opened by TensorFlow's profiler only",
} as const satisfies Readonly<Record<string, string>>
