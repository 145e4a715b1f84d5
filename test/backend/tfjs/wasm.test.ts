// The backend contract on TensorFlow.js' WebAssembly.
import { createWasmBackend } from '../../../src/backend/tfjs/wasm.ts'
import { describeBackend } from '../../suites/backend-contract.ts'

describeBackend('wasm', createWasmBackend)
