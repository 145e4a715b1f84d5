import { expect, test } from 'vitest'
import { exitReason, type ProcessEnd } from '../../../src/backend/host/exit-reason.ts'

const end = (parts: Partial<ProcessEnd>): ProcessEnd => ({ code: null, signal: null, stderrTail: '', ...parts })

const nodeError = `file:///app/host-main.js:12
    throw new Error('libtensorflow is too old')
    ^

Error: libtensorflow is too old
    at main (file:///app/host-main.js:12:9)
    at node:internal/process/task_queues:95:5

Node.js v20.20.2
`
const tensorflowLog = `2026-11-22 10:00:00.123456: I tensorflow/core/util/port.cc:153] oneDNN custom operations are on.
WARNING: All log messages before absl::InitializeLog() is called are written to STDERR
I0000 00:00:17.1 12 gpu_device.cc:2022] Created device
2026-11-22 10:00:01.000000: F tensorflow/core/platform/statusor.cc:33] Attempting to fetch value instead of handling error INTERNAL
2026-11-22 10:00:02.123456: I tensorflow/core/util/port.cc:153] bye
`

const cases: readonly (readonly [string, ProcessEnd, string])[] = [
  ['an exit code', end({ code: 3 }), 'exited with code 3'],
  ['neither', end({}), 'exited with code unknown'],
  ['SIGKILL', end({ signal: 'SIGKILL' }), 'killed by SIGKILL: by hand, or by a system that ran out of memory'],
  ['SIGILL', end({ signal: 'SIGILL' }), 'died by SIGILL: this processor lacks what the library needs (AVX)'],
  ['a signal without a story', end({ signal: 'SIGXCPU' }), 'died by SIGXCPU'],
  [
    'an error of Node',
    end({ code: 1, stderrTail: nodeError }),
    'exited with code 1; its last words: Error: libtensorflow is too old',
  ],
  [
    'a log of TensorFlow',
    end({ signal: 'SIGABRT', stderrTail: tensorflowLog }),
    'died by SIGABRT: native code gave up; its last words: 2026-11-22 10:00:01.000000: F tensorflow/core/platform/statusor.cc:33] Attempting to fetch value instead of handling error INTERNAL',
  ],
  [
    'a last line that complains of nothing',
    end({ code: 2, stderrTail: 'one\ntwo\n\n' }),
    'exited with code 2; its last words: two',
  ],
  [
    'nothing but noise',
    end({ code: 2, stderrTail: 'WARNING: All log messages before absl::InitializeLog()\n   ^^^\nNode.js v20.20.2\n' }),
    'exited with code 2',
  ],
]

test.each(cases)('tells of %s', (_, given, expected) => {
  expect(exitReason(given)).toBe(expected)
})

test('cuts a line that is a dump', () => {
  expect(exitReason(end({ code: 1, stderrTail: 'x'.repeat(4096) })).length).toBeLessThan(400)
})
