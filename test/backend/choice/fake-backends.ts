// Backends that answer a synthetic artifact's check rows from a table, wrong, slow, full or gone as a test wishes.

import type { CheckedModel } from '../../../src/backend/choice/probe.ts'
import { createProbe } from '../../../src/backend/choice/probe.ts'
import type { Candidate } from '../../../src/backend/choice/candidates.ts'
import {
  type AnySlab,
  type Backend,
  type BackendFacts,
  type BackendModel,
  type BackendName,
  rowSlabName,
} from '../../../src/backend/port.ts'
import { createEncoder } from '../../../src/rows/encode.ts'
import { artifactOf, createRandom, randomEnsemble, randomRows, storedGraph } from '../../helpers/random-regions.ts'

const random = createRandom(10)
const source = randomEnsemble(random, { trees: 30, depth: 3, features: 4 })

export const artifact = artifactOf(source, { checkRows: randomRows(random, source, 6) })
export const bareArtifact = artifactOf(source)
export const checked = checkedOf(artifact)
export const probe = createProbe(checked)

export function checkedOf(from: typeof artifact): CheckedModel {
  const graph = storedGraph(from)
  return { artifact: from, graph, encoder: createEncoder(graph, from.metadata.inputs) }
}

/** A clock that only moves when a fake says that something took time. */
export type ScriptedClock = { readonly now: () => number; pass(ms: number): void }

export function createScriptedClock(): ScriptedClock {
  let nowMs = 0
  return { now: () => nowMs, pass: (ms) => void (nowMs += ms) }
}

export type Answer = { readonly row: number; readonly i: number; readonly rowCount: number }

export type FakeOptions = {
  /** What it answers where the right answer is `value`. */
  readonly answer?: (value: number, at: Answer) => number
  readonly mode?: BackendModel['mode']
  readonly takes?: BackendModel['takes']
  readonly facts?: Partial<BackendFacts['device']>
  /** Thrown by `open`. */
  readonly missing?: Error
  /** Called before each batch; what it throws, the run throws, what it awaits, the run awaits. */
  readonly onRun?: (rowCount: number) => void | Promise<void>
  readonly clock?: ScriptedClock
  /** Milliseconds that a batch takes. */
  readonly runMs?: (rowCount: number) => number
}

export type Fake = {
  readonly candidate: Candidate
  readonly backend: Backend
  /** Sizes of the batches run, in order. */
  readonly batches: number[]
  readonly counts: { opened: number; loaded: number; disposed: number }
  /** What `health` says; a test may count a restart. */
  readonly health: { restartCount: number; lastLoss?: string; outage?: string | undefined }
}

export function createFake(name: BackendName, options: FakeOptions = {}): Fake {
  const { answer = (value) => value, mode = 'sync', takes, missing, clock, runMs = () => 0.001, onRun } = options
  const batches: number[] = []
  const counts = { opened: 0, loaded: 0, disposed: 0 }
  const health: Fake['health'] = { restartCount: 0 }

  function fill([input]: Parameters<BackendModel['run']>[0], rowCount: number, raw: Float32Array): void {
    clock?.pass(runMs(rowCount))
    const wanted = takes === 'rows' ? rowSlabName : artifact.metadata.inputs[0].name
    if (input.name !== wanted) throw new TypeError(`${name} was given ${input.name}, expected ${wanted}`)
    for (let i = 0; i < rowCount; i++) {
      const row = rowOf(input, i)
      raw[i] = answer(answers[row], { row, i, rowCount })
    }
  }

  const backend: Backend = {
    name,
    description: name,
    open() {
      counts.opened++
      if (missing !== undefined) return Promise.reject(missing)
      const kind = name === 'cuda' || name === 'webgpu' ? 'gpu' : 'cpu'
      return Promise.resolve({ library: `lib${name} 1.0`, device: { kind, name: `${name} device`, ...options.facts } })
    },
    load() {
      counts.loaded++
      let isDisposed = false
      return Promise.resolve({
        mode,
        ...(takes && { takes }),
        run(inputs, rowCount, [raw]) {
          batches.push(rowCount)
          if (mode === 'sync') {
            void onRun?.(rowCount)
            return fill(inputs, rowCount, raw.values)
          }
          return Promise.resolve(onRun?.(rowCount)).then(() => fill(inputs, rowCount, raw.values))
        },
        dispose() {
          if (!isDisposed) counts.disposed++
          isDisposed = true
        },
      })
    },
    tensorCount: () => Promise.resolve(0),
    health: () => health,
    close: () => Promise.resolve(),
  }
  return { candidate: { name, backend }, backend, batches, counts, health }
}

const answers = artifact.metadata.check.quantized.map(([value]) => value ?? NaN)
const forms: readonly Pick<BackendModel, 'takes'>[] = [{ takes: 'columns' }, { takes: 'rows' }]
const rowByInput = new Map(forms.flatMap((form) => answers.map((_, row) => [inputText(inputOf(form, row), 0), row])))

function inputOf(form: Pick<BackendModel, 'takes'>, row: number): AnySlab {
  return probe.batch(form, 1, () => row).inputs[0]
}

function inputText({ name, width, values }: AnySlab, i: number): string {
  return `${name} ${values.subarray(i * width, (i + 1) * width).join()}`
}

function rowOf(input: AnySlab, i: number): number {
  const row = rowByInput.get(inputText(input, i))
  if (row === undefined) throw new RangeError(`row ${i} of the batch is no check row`)
  return row
}
