// The backend that a serving model was chosen to run on in; where it goes on when that one fails, and the choice as it is then, out.

import type { MLError } from '../../errors.ts'
import type { Backend, BackendModel, BackendName } from '../port.ts'
import type { BackendChoice, CandidateReport } from './backend-choice.ts'
import type { Candidate } from './candidates.ts'
import { ranked } from './fastest.ts'
import { isRight, tryBackend, type Trial } from './try-backend.ts'

export type NextBackend = {
  /** As it is now: after a move it says from where and why, and counts the restarts of what is picked. */
  readonly choice: BackendChoice
  /** Says that the model serves from `to` alone, which holds it already, since `from` has given out for good. */
  leave(from: BackendName, move: { readonly to: BackendName; readonly cause: MLError }): void
  /** Loads and checks the model on the next candidate that is there and right; undefined where none is left. */
  next(cause: MLError): Promise<{ readonly backend: Backend; readonly model: BackendModel } | undefined>
}

type Start = { readonly choice: BackendChoice; readonly candidates: readonly Candidate[]; readonly trial: Trial }

/** First those that were measured, fastest first; then what nobody has tried yet, in the design's order. */
export function createNextBackend(start: Start): NextBackend {
  const { candidates, trial } = start
  const backends = new Map<BackendName, Backend>()
  for (const candidate of candidates) if ('backend' in candidate) backends.set(candidate.name, candidate.backend)
  // a kernel takes other inputs than the graph that gave out, and is asked first in any case
  const waiting = successors(start.choice).filter((name) => name !== 'kernel' && backends.has(name))
  let choice = start.choice
  let isStranded = false

  function moved(from: BackendName, to: CandidateReport, cause: MLError): BackendChoice {
    const why = `moved from ${from} to ${to.name}: ${cause.code}, ${cause.message}`
    const reports = choice.candidates.map((report): CandidateReport => {
      if (report.name === to.name) return { ...report, ...to }
      return report.name === from
        ? { ...report, reason: `left for ${to.name}: ${cause.code}, ${cause.message}` }
        : report
    })
    trial.onEvent({ kind: 'moved', from, to: to.name, why })
    // where a kernel was lost beside the picked graph, the kernel is what was left
    const movedFrom = to.name === start.choice.picked ? from : start.choice.picked
    return { picked: to.name, why, candidates: reports, movedFrom }
  }

  function withReport(report: CandidateReport): BackendChoice {
    return { ...choice, candidates: choice.candidates.map((one) => (one.name === report.name ? report : one)) }
  }

  return {
    get choice() {
      const health = backends.get(choice.picked)?.health()
      if (health === undefined || (health.restartCount === 0 && health.outage === undefined)) return choice
      return { ...choice, ...health }
    },
    leave(from, { to, cause }) {
      const report = choice.candidates.find(({ name }) => name === to)
      if (report !== undefined) choice = moved(from, report, cause)
    },
    async next(cause) {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
        const backend = backends.get(name)
        if (backend === undefined) continue
        const attempt = await tryBackend(backend, trial)
        choice = isRight(attempt) ? moved(choice.picked, attempt.report, cause) : withReport(attempt.report)
        if (isRight(attempt)) return { backend, model: attempt.model }
      }
      // every batch of a model in trouble ends here, and once is enough for a log
      if (!isStranded) trial.onEvent({ kind: 'stranded', name: choice.picked, cause })
      isStranded = true
      return undefined
    },
  }
}

function successors({ picked, candidates }: BackendChoice): BackendName[] {
  const others = candidates.filter(({ name }) => name !== picked)
  const measured = others.filter(({ right }) => right === true)
  const untried = others.filter(({ available, right }) => available && right === undefined)
  return [...ranked(measured), ...untried].map(({ name }) => name)
}
