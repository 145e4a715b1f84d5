// A frozen graph and the way that runs it operation by operation in; a session that answers alike and faster, or why not, out.

import { unfusedNodes } from '../graph/unfused-nodes.ts'
import { joinFields } from '../saved-model/protobuf-writer.ts'
import { type FrozenGraph, savedModelFields } from '../saved-model/saved-model.ts'
import type { ComputeSlice } from './batch-model.ts'
import { compareForms } from './compare-forms.ts'
import type { SavedModelFolder } from './saved-model-file.ts'
import { openSession, type SessionBinding, type TensorflowSession } from './tensorflow-session.ts'

export type GraphForm = {
  readonly frozen: FrozenGraph
  /** Operation by operation: what is known to work. */
  readonly compute: ComputeSlice
}

/** `text` says how a model computes, and why not faster. */
export type FoundForm = { readonly text: string; readonly session?: TensorflowSession }

export type SessionPorts = {
  readonly binding: SessionBinding | undefined
  /** `single`: the operations of the known form, where only their kernels are known to be right. */
  readonly operations: 'fused' | 'single'
  readonly save: (bytes: Uint8Array) => Promise<SavedModelFolder>
  /** Milliseconds. */
  readonly now: () => number
  /** Hears what a session threw. */
  readonly onFailure?: ((cause: unknown) => void) | undefined
}

/**
 * TensorFlow copies and optimizes constants when it loads them, which holds up a start where they are large; and beside
 * products of that size calls cost little.
 */
const maxConstantBytes = 2 ** 24

/** Never throws: the graph runs operation by operation where anything speaks against a session. */
export async function findSessionForm({ frozen, compute }: GraphForm, ports: SessionPorts): Promise<FoundForm> {
  const { binding, operations, save, now, onFailure } = ports
  const constantBytes = frozen.constants.reduce((sum, { values }) => sum + values.byteLength, 0)
  if (binding === undefined) return single('this add-on has no sessions')
  if (constantBytes > maxConstantBytes) return single(`its constants take ${constantBytes} bytes`)
  let session: TensorflowSession | undefined
  try {
    const nodes = operations === 'single' ? unfusedNodes(frozen.nodes) : frozen.nodes
    session = await openFrozen({ ...frozen, nodes }, binding, save)
    const found = compareForms({ known: compute, other: session.compute }, frozen, now)
    if (found.isAlike && found.speedUp >= 1) {
      const times = found.speedUp.toPrecision(2)
      return { session, text: `one call of TensorFlow a batch, ${times} times as fast as operation by operation` }
    }
    session.dispose()
    return single(
      found.isAlike
        ? `a session is slower, ${found.speedUp.toPrecision(2)} times as fast`
        : `a session answers otherwise, by ${found.difference.toPrecision(2)} of the largest value`,
    )
  } catch (cause) {
    onFailure?.(cause)
    disposeQuietly(session)
    return single(`no session: ${cause instanceof Error ? cause.message : String(cause)}`)
  }
}

async function openFrozen(
  frozen: FrozenGraph,
  binding: SessionBinding,
  save: SessionPorts['save'],
): Promise<TensorflowSession> {
  const folder = await save(joinFields(savedModelFields(frozen)))
  try {
    return openSession(binding, folder.path, frozen.input.width)
  } finally {
    await folder.done()
  }
}

function single(why: string): FoundForm {
  return { text: `operation by operation: ${why}` }
}

/** After a failure there may be nothing to free any more. */
function disposeQuietly(session: TensorflowSession | undefined): void {
  try {
    session?.dispose()
  } catch {
    // what failed first is what is told
  }
}
