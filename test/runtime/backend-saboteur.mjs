// Loaded before a host of a backend begins: commits, at its next run, the fault that a test has left in a folder.
// `<number>-<fault>` is committed by the one host that takes it away; `always-<fault>` by every host, at every run.
import { readdirSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { isMainThread, parentPort } from 'node:worker_threads'

const folder = process.env['TFJS_SERVING_TEST_FAULTS']

const faults = {
  loop() {
    for (;;);
  },
  heap() {
    const kept = []
    for (;;) kept.push({ text: `${kept.length}`, list: new Array(1000).fill(kept.length) })
  },
  abort: () => process.abort(),
  exit: () => process.exit(9),
  throw() {
    throw new Error('a loose end')
  },
  // as after a leak: no room for a tensor, and none to be had
  async wasm() {
    const tf = await import('@tensorflow/tfjs-core')
    const { wasm } = tf.backend()
    for (let byteLength = 2 ** 29; byteLength >= 16; ) if (wasm._malloc(byteLength) === 0) byteLength /= 2
  },
  stop: () => void process.kill(process.pid, 'SIGSTOP'),
  doze: () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400),
  rejection: () => void Promise.reject(new Error('a promise that nobody holds')),
}

function commit() {
  let committed
  for (const name of readdirSync(folder)) {
    const [which, fault] = name.split('-')
    if (which === 'always' || takes(name)) committed = faults[fault]()
  }
  return committed
}

function takes(name) {
  try {
    unlinkSync(join(folder, name))
    return true
  } catch {
    return false
  }
}

function guarded(listener) {
  return (request) => {
    const committed = request.kind === 'run' ? commit() : undefined
    if (committed === undefined) listener(request)
    else void committed.then(() => listener(request))
  }
}

if (folder !== undefined) {
  const port = isMainThread ? process : parentPort
  const on = port.on.bind(port)
  port.on = (event, listener) => on(event, event === 'message' ? guarded(listener) : listener)
}
