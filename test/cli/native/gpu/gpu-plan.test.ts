import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { tensorflowVersion } from '../../../../src/backend/host/native-home.ts'
import { gpuLinkedLibraries, gpuPlan } from '../../../../src/cli/native/gpu/gpu-plan.ts'
import { gpuWheels, leftOutWheels } from '../../../../src/cli/native/gpu/pinned-wheels.ts'
import { oldestCompilingDriver, oldestDriver } from '../../../../src/cli/native/gpu/card-support.ts'
import { sizeText } from '../../../../src/cli/native/system-requirements.ts'

/** `Requires-Dist: …; extra == "and-cuda"` of tensorflow-2.21.0.dist-info/METADATA: project, lowest version, first too high. */
const andCuda = {
  'nvidia-cublas-cu12': ['12.5.3.2', '13.0'],
  'nvidia-cuda-cupti-cu12': ['12.5.82', '13.0'],
  'nvidia-cuda-nvcc-cu12': ['12.5.82', '13.0'],
  'nvidia-cuda-nvrtc-cu12': ['12.5.82', '13.0'],
  'nvidia-cuda-runtime-cu12': ['12.5.82', '13.0'],
  'nvidia-cudnn-cu12': ['9.3.0.75', '10.0'],
  'nvidia-cufft-cu12': ['11.2.3.61', '12.0'],
  'nvidia-curand-cu12': ['10.3.6.82', '11.0'],
  'nvidia-cusolver-cu12': ['11.6.3.83', '12.0'],
  'nvidia-cusparse-cu12': ['12.5.1.3', '13.0'],
  'nvidia-nccl-cu12': ['2.27.7', '3.0'],
  'nvidia-nvjitlink-cu12': ['12.5.82', '13.0'],
} as const satisfies Readonly<Record<string, readonly [string, string]>>

const nvidiaWheels = gpuWheels.filter(({ project }) => project.startsWith('nvidia-'))

test('takes or leaves out by name each package of and-cuda, and no other', () => {
  const named = [...nvidiaWheels.map(({ project }) => project), ...Object.keys(leftOutWheels)]
  expect(named.toSorted()).toEqual(Object.keys(andCuda).toSorted())
})

test('pins versions that and-cuda allows', () => {
  for (const { project, version } of nvidiaWheels) {
    const [lowest, tooHigh] = andCuda[project as keyof typeof andCuda]
    expect([isBelow(version, lowest), isBelow(version, tooHigh)], project).toEqual([false, true])
  }
  expect(gpuWheels.find(({ project }) => project === 'tensorflow')?.version).toBe(tensorflowVersion)
})

test('names files of their own versions, with whole hashes and sizes', () => {
  for (const { project, version, fileName, sha256, byteLength, unpackedByteLength, pipPlatform } of gpuWheels) {
    expect(fileName.startsWith(`${project.replaceAll('-', '_')}-${version}-`)).toBe(true)
    expect(fileName).toContain(pipPlatform)
    expect(sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(byteLength).toBeGreaterThan(1e6)
    expect(unpackedByteLength).toBeGreaterThan(5e5)
  }
  expect(new Set(gpuWheels.map(({ sha256 }) => sha256)).size).toBe(gpuWheels.length)
})

test('links only libraries that it keeps', () => {
  const kept = gpuWheels.flatMap(({ keep }) => keep)
  for (const path of gpuLinkedLibraries)
    expect(
      kept.some((entry) => (entry.endsWith('/') ? path.startsWith(entry) : path === entry)),
      path,
    ).toBe(true)
})

test('links every library that TensorFlow must open before it takes a card', () => {
  // tsl/platform/default/dlopen_checker.cc
  const names = ['cudart', 'cublas', 'cublasLt', 'cufft', 'cusolver', 'cusparse', 'cudnn']
  const linked = gpuLinkedLibraries.map((path) => /\/lib(\w+)\.so\.\d+$/.exec(path)?.[1])
  expect(linked.toSorted()).toEqual(names.toSorted())
})

test('unpacks the largest wheels first, so that little more than the end result lies on disk at once', () => {
  const { diskByteLength, wheels } = gpuPlan('/home')
  const unpacked = wheels.reduce((sum, wheel) => sum + wheel.unpackedByteLength, 0)
  expect(diskByteLength).toBeLessThan(unpacked * 1.03)
})

test('is what docs/gpu.md says: versions, sizes, drivers', () => {
  const page = readFileSync(new URL('../../../../docs/gpu.md', import.meta.url), 'utf8')
  const { downloadByteLength, wheels } = gpuPlan('/home')
  const kept = wheels.reduce((sum, wheel) => sum + wheel.unpackedByteLength, 0)
  expect(page).toContain(`| ${sizeText(downloadByteLength)} | ${sizeText(kept)} |`)
  for (const text of [`TensorFlow ${tensorflowVersion}`, `≥ ${oldestDriver};`, `≥ ${oldestCompilingDriver} |`])
    expect(page).toContain(text)
  for (const project of Object.keys(leftOutWheels))
    expect(page).toContain(/^nvidia-(?:cuda-)?(\w+)-cu12$/.exec(project)?.[1])
})

function isBelow(version: string, limit: string): boolean {
  const [given, wanted] = [version, limit].map((text) => text.split('.').map(Number))
  for (let i = 0; i < 4; i++)
    if ((given?.[i] ?? 0) !== (wanted?.[i] ?? 0)) return (given?.[i] ?? 0) < (wanted?.[i] ?? 0)
  return false
}
