// Requirements or an outcome of `native install` in; lines for people, or plain JSON, out.

import { textTable } from '../text-table.ts'
import type { InstallOutcome } from './carry-out-install.ts'
import type { InstallPlan } from './install-plan.ts'
import type { Requirement } from './requirement.ts'
import { sizeText } from './system-requirements.ts'

export function requirementsText(requirements: readonly Requirement[]): string {
  const rows = requirements.map(({ name, isMet, found }) => [isMet ? 'yes' : 'NO', name, found])
  return textTable({ header: ['met', 'needed', 'found'], rows })
}

/** A line for each that is not met: what was found, and what mends it. */
export function unmetLines(requirements: readonly Requirement[]): readonly string[] {
  return requirements
    .filter(({ isMet }) => !isMet)
    .map(({ name, found, remedy }) => `${name}: ${found}${remedy === undefined ? '' : `; ${remedy}`}`)
}

export function outcomeText(outcome: InstallOutcome): string {
  switch (outcome.kind) {
    case 'installed': {
      const { proof, plan, durationsMs } = outcome
      const device = proof.isUsingGpuDevice ? 'on a CUDA device' : 'on the CPU'
      const isCardUnused = plan.flavour === 'gpu' && !proof.isUsingGpuDevice
      const note = isCardUnused ? 'TensorFlow took no CUDA device; npx tfjs-serving doctor tells why\n' : ''
      return `installed TensorFlow ${proof.tensorflow}, which computes ${device}${durationText(durationsMs)}: ${plan.home}\n${note}`
    }
    case 'there':
      return `installed already: ${outcome.plan.home}\n`
    case 'planned': {
      const unmet = unmetLines(outcome.requirements)
      const missing = unmet.length === 0 ? '' : `\nmissing:\n${unmet.map((line) => `  ${line}\n`).join('')}`
      return `${planText(outcome.plan)}\n${requirementsText(outcome.requirements)}${missing}`
    }
    case 'refused':
      return ''
    default:
      return outcome satisfies never
  }
}

export function outcomeJson(outcome: InstallOutcome): unknown {
  const { kind, plan } = outcome
  const isInstalled = kind === 'installed' || kind === 'there'
  const requirements = 'requirements' in outcome ? { requirements: outcome.requirements } : {}
  const facts = { isInstalled, home: plan?.home ?? null, flavour: plan?.flavour ?? null, ...requirements }
  if (kind === 'installed') return { ...facts, proof: outcome.proof, durationsMs: outcome.durationsMs }
  return kind === 'planned' ? { ...facts, plan } : facts
}

function planText(plan: InstallPlan): string {
  const wheels = plan.wheels.map(({ fileName, byteLength }) => [fileName, sizeText(byteLength)])
  const packages = plan.tarballs.map((tarball) => [`${tarball.package} ${tarball.version}`, 'under 1 MB'])
  return [
    `into      ${plan.home}\n`,
    `download  ${sizeText(plan.downloadByteLength)}\n`,
    `disk      ${sizeText(plan.diskByteLength)} while it installs\n\n`,
    textTable({ header: ['file', 'size'], rows: [...wheels, ...packages], right: [1] }),
    '\n',
    ...plan.steps.map(({ text }, index) => `${index + 1}. ${text}\n`),
  ].join('')
}

/** The line to the registry is the user's, so its share is told apart. */
function durationText(durationsMs: Readonly<Record<string, number>>): string {
  let fetchMs = 0
  let totalMs = 0
  for (const [name, durationMs] of Object.entries(durationsMs)) {
    totalMs += durationMs
    if (name.startsWith('fetch ') || name === 'packages') fetchMs += durationMs
  }
  const seconds = (durationMs: number): string => `${(durationMs / 1000).toFixed(1)} s`
  return `, in ${seconds(totalMs)}${fetchMs > 0 ? `, ${seconds(fetchMs)} of them to fetch` : ''}`
}
