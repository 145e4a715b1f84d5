// Why a backend cannot be had in; that in a phrase, with the command that mends it, out.

import type { CandidateReport } from '../../backend/choice/backend-choice.ts'
import type { NvidiaFinding } from '../../backend/host/nvidia-cards.ts'
import type { BackendName } from '../../backend/port.ts'
import { isMLError } from '../../errors.ts'
import type { BackendFinding } from './doctor-report.ts'

export type FindCards = (options: { readonly signal: AbortSignal }) => Promise<NvidiaFinding>

export type AbsenceOptions = { readonly signal: AbortSignal; readonly findCards?: FindCards }

type Absence = Pick<BackendFinding, 'finding' | 'remedy'>

export async function explainAbsence(
  name: BackendName,
  { reason = '', remedy }: Partial<CandidateReport>,
  cause: unknown,
  options: AbsenceOptions,
): Promise<Absence> {
  const absence = { finding: withoutRemedy(reason, remedy), remedy: remedy ?? null }
  if (name === 'kernel') return { finding: 'not in this release: it comes in a later one', remedy: null }
  if (name === 'cuda') return withCards(absence, options)
  const adapters = name === 'webgpu' ? softwareAdapters(cause) : []
  if (adapters.length === 0) return absence
  return { ...absence, finding: `no GPU; found and not used: ${adapters.join(', ')} (--software tries it)` }
}

/** Nobody should download gigabytes to learn that the machine has no card. */
async function withCards(absence: Absence, { signal, findCards = askNvidiaSmi }: AbsenceOptions): Promise<Absence> {
  const found = await findCards({ signal })
  if (found.kind === 'none') {
    const what = found.problem === 'no-tool' || found.problem === 'no-driver' ? 'no NVIDIA driver' : 'no CUDA device'
    return { finding: `${what}: ${found.text}`, remedy: found.remedy }
  }
  const cards = found.cards.map(({ name, driverVersion }) => `${name} with driver ${driverVersion}`).join(', ')
  return { ...absence, finding: `${absence.finding}; there is ${cards}` }
}

const askNvidiaSmi: FindCards = async (options) =>
  (await import('../../backend/host/nvidia-smi.ts')).findNvidiaCards(options)

/** Names of software adapters, where Dawn found nothing else. */
function softwareAdapters(cause: unknown): string[] {
  const adapters: unknown = isMLError(cause) ? cause.details['adapters'] : undefined
  if (!Array.isArray(adapters)) return []
  const listed = adapters as readonly { readonly name: string; readonly kind: string }[]
  return listed.every(({ kind }) => kind === 'software') ? listed.map(({ name }) => name) : []
}

/** The remedy has a place of its own. */
function withoutRemedy(reason: string, remedy: string | undefined): string {
  if (remedy === undefined) return reason
  const at = reason.indexOf(remedy)
  return at < 0 ? reason : reason.slice(0, at).replace(/[;,\s]*(install it again: )?(run )?`?$/, '')
}
