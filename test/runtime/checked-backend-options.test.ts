// What a user may say about backends, and what is refused by name.
import { expect, test } from 'vitest'
import type { BackendOptions } from '../../src/backend/backend-options.ts'
import { checkedBackendOptions } from '../../src/runtime/checked-backend-options.ts'
import { loadModel } from '../../src/runtime/load-model.ts'
import { MLServiceRegistry } from '../../src/runtime/registry.ts'
import { artifactFiles } from '../helpers/artifacts.ts'

test.each<BackendOptions>([
  {},
  { native: {}, cuda: {}, webgpu: {} },
  { native: { intraOpThreads: 2, interOpThreads: 1 } },
  { cuda: { device: 0, memoryBudgetBytes: 2 ** 30 } },
  { cuda: { device: '1' } },
  { cuda: { device: 'GPU-8f3c9a5e-0b7d-4a64-a7a2-0d5f4a8c1b2e' } },
  { cuda: { device: 'MIG-GPU-8f3c9a5e/1/0' } },
  { webgpu: { adapter: 'software', adapterName: 'SwiftShader', memoryBudgetBytes: 1 } },
])('takes %j', (options) => {
  expect(checkedBackendOptions(options)).toBe(options)
})

test('takes an option that is undefined for one that is not given', () => {
  expect(() => checkedBackendOptions({ native: undefined, cuda: { device: undefined } })).not.toThrow()
})

test.each<[unknown, string, string]>([
  [null, 'backendOptions', 'expected an object, got null'],
  [[], 'backendOptions', 'expected an object'],
  ['cuda', 'backendOptions', 'expected an object, got "cuda"'],
  [{ webGPU: {} }, 'backendOptions.webGPU', 'did you mean webgpu?'],
  [{ gpu: {} }, 'backendOptions.gpu', 'native, cuda, webgpu'],
  [{ native: 2 }, 'backendOptions.native', 'expected an object, got 2'],
  [{ native: { intraOpThread: 2 } }, 'backendOptions.native.intraOpThread', 'did you mean intraOpThreads?'],
  [{ native: { intraOpThreads: 0 } }, 'backendOptions.native.intraOpThreads', 'from 1 to 1024, got 0'],
  [{ native: { interOpThreads: 1.5 } }, 'backendOptions.native.interOpThreads', 'got 1.5'],
  [{ native: { interOpThreads: '2' } }, 'backendOptions.native.interOpThreads', 'whole number'],
  [{ cuda: { device: -1 } }, 'backendOptions.cuda.device', 'got -1'],
  [{ cuda: { device: '0,1' } }, 'backendOptions.cuda.device', 'one card'],
  [{ cuda: { memoryBudgetBytes: 0 } }, 'backendOptions.cuda.memoryBudgetBytes', 'got 0'],
  [{ cuda: { memoryBudgetBytes: Infinity } }, 'backendOptions.cuda.memoryBudgetBytes', 'got Infinity'],
  [{ webgpu: { adapter: 'gpu' } }, 'backendOptions.webgpu.adapter', "'hardware' or 'software', got \"gpu\""],
  [{ webgpu: { adapterName: '' } }, 'backendOptions.webgpu.adapterName', 'not empty'],
])('refuses %j by name', (options, option, text) => {
  expect(() => checkedBackendOptions(options)).toThrow(
    expect.objectContaining({
      code: 'VALIDATION_FAILED',
      message: expect.stringContaining(text) as string,
      details: { option },
    }) as Error,
  )
})

test('is checked by registry and loadModel alike', async () => {
  const backendOptions = { cuda: { device: '0,1' } }
  expect(() => new MLServiceRegistry({ modelsDir: 'models', backendOptions })).toThrow(/backendOptions\.cuda\.device/)
  await expect(loadModel(await artifactFiles('telco_churn'), { backendOptions })).rejects.toMatchObject({
    code: 'VALIDATION_FAILED',
  })
})
