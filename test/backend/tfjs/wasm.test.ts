// The backend contract on TensorFlow.js' WebAssembly.
import { createWasmBackend } from '../../../src/backend/tfjs/wasm.ts'
import { tensorCount } from '../../helpers/tfjs-tensors.ts'
import { describeBackend } from '../../suites/backend-contract.ts'

const backend = createWasmBackend()

describeBackend('wasm', async () => ({ backend, tensorCount: await tensorCount() }))
