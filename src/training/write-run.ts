// A measured run in; its version in the store, and source, held-out rows, card, plot and report in the folder, out.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Gate } from './judge/gates.ts'
import type { MeasuredRun } from './judge/measure-run.ts'
import { calibrationPlot } from './report/calibration-plot.ts'
import { modelCard } from './report/model-card.ts'
import { trainingReport } from './report/training-report.ts'
import type { RunRecord } from './run-record.ts'
import { type ConvertedModel, evaluationOf } from './source/convert-trained.ts'
import { goldenOutputs } from './judge/outputs.ts'
import { type Lineage, type ModelStore, openModelStore } from './store/model-store.ts'
import type { TrainedModel } from './trainer.ts'
import { codeCommit, type TrainingFolder, writeHeldOut, writeSource } from './training-folder.ts'

export type WriteRunInput = {
  readonly folder: TrainingFolder
  readonly outDir: string
  readonly trained: TrainedModel
  readonly converted: ConvertedModel
  readonly measured: MeasuredRun
  readonly passed: boolean
  readonly clock: () => Date
  readonly hasReport: boolean
}

/**
 * Nothing in the folder changes where the store refuses the version. Source, held-out rows and card are those of the version in
 * production where another one has missed a gate: what serves can still be made again.
 */
export async function writeRun(input: WriteRunInput): Promise<ModelStore> {
  const { folder, outDir, trained, converted, measured, passed, clock } = input
  const { config, split, table } = folder
  await mkdir(outDir, { recursive: true })
  if (outDir !== folder.path) await copyService(folder, outDir)
  const store = await openModelStore(outDir, { clock })
  const record = await asFirstFound(store, measured.record, converted)
  const lineage: Lineage = {
    dataSha256: table.sha256,
    sourceSha256: converted.report.source.sha256,
    codeCommit: await codeCommit(folder.path),
    parameters: config.trainer.parameters,
    framework: trained.framework,
    seed: config.split.seed,
    trainedAt: clock().toISOString(),
    metrics: record,
    gates: record.gates,
  }
  await store.register({
    version: record.version,
    files: converted.files,
    lineage,
    state: passed ? 'staging' : 'development',
  })
  const production = await store.production()
  if (passed || production === undefined || production === record.version) await writeFindings(input, record)
  if (input.hasReport)
    await writeFile(
      join(outDir, 'report.html'),
      trainingReport({ record, heldOut: measured.heldOut, lineage, table, split }),
    )
  return store
}

async function writeFindings({ folder, outDir, trained, measured }: WriteRunInput, record: RunRecord): Promise<void> {
  const { config, split, table } = folder
  await writeSource(outDir, config.source, trained.files)
  const { rows } = goldenOutputs(trained.golden, table, split.heldOutRows)
  const { truth, decision } = evaluationOf(trained, folder, rows)
  await writeHeldOut(outDir, { golden: trained.golden, truth, ...(decision && { decision }) })
  await writeFile(join(outDir, 'card.md'), modelCard(record))
  await writeFile(join(outDir, 'calibration.svg'), calibrationPlot(measured.heldOut))
}

/** service.json as it is in the model's own folder, less which versions serve there. */
async function copyService({ serviceText, ruleText }: TrainingFolder, outDir: string): Promise<void> {
  const { active: _active, aliases: _aliases, ...rest } = JSON.parse(serviceText) as Record<string, unknown>
  await writeFile(join(outDir, 'service.json'), `${JSON.stringify(rest, null, 2)}\n`, { flag: 'wx' }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    },
  )
  if (ruleText !== undefined) await writeFile(join(outDir, 'rule.json'), ruleText)
}

/** Gates that depend on when they are asked. */
const isMomentary: ReadonlySet<string> = new Set(['latency', 'production'])

/** A version that is there already with the same source keeps what was found when it came: its card stays. */
async function asFirstFound(store: ModelStore, record: RunRecord, { report }: ConvertedModel): Promise<RunRecord> {
  const known = (await store.versions()).find(({ version }) => version === record.version)?.lineage
  if (known?.sourceSha256 !== report.source.sha256) return record
  const { latency, production, gates = [] } = (known.metrics ?? {}) as Partial<RunRecord>
  if (latency === undefined || production === undefined) return record
  const asFirst = (gate: Gate): Gate =>
    (isMomentary.has(gate.name) ? gates.find(({ name }) => name === gate.name) : undefined) ?? gate
  return { ...record, latency, production, gates: record.gates.map(asFirst) }
}
