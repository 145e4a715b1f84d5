// The demo model and the name of a backend in; what its runs cost there by batch size, without queue, rows to read or answers, out.

import { readArtifact } from '../../artifact/read-artifact.ts'
import type { BackendOptions } from '../../backend/backend-options.ts'
import { createProbe } from '../../backend/choice/probe.ts'
import { selectBackend } from '../../backend/choice/select-backend.ts'
import { timedSizes, timeModel, type Timing } from '../../backend/choice/timing.ts'
import type { BackendName } from '../../backend/port.ts'
import { processCandidates } from '../../runtime/process-candidates.ts'

const now = (): number => performance.now()

/** As `auto` times them; sizes that a slow backend does not get through in its time are left out. */
export async function timeBatches(
  requested: BackendName,
  files: Readonly<Record<string, Uint8Array>>,
  options: BackendOptions,
): Promise<Timing[]> {
  const artifact = readArtifact(files)
  const { model, graph, encoder, summed } = await selectBackend({
    requested,
    artifact,
    candidates: processCandidates(options),
    now,
  })
  try {
    const timings = await timeModel(model, createProbe(summed ?? { artifact, graph, encoder }), { now, known: [] })
    return timings.filter(({ rowCount }) => (timedSizes as readonly number[]).includes(rowCount))
  } finally {
    model.dispose()
  }
}
