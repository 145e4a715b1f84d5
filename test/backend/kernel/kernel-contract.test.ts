// The backend contract on kernels, in WebAssembly and in plain JavaScript.
import type { Backend } from '../../../src/backend/port.ts'
import { createKernelBackend } from '../../../src/backend/kernel/kernel-backend.ts'
import { describeBackend } from '../../suites/backend-contract.ts'

describeBackend('kernel', () => createKernelBackend() as Backend, { reads: 'regions' })
describeBackend(
  'kernel in plain JavaScript',
  () => createKernelBackend({ simd: false, relaxedSimd: false }) as Backend,
  {
    reads: 'regions',
  },
)
