// Several equal backends, each in a thread or process of its own, in; one backend that spreads batches over them out.

import type { Clock } from '../../observe/clock.ts'
import type { AnySlab, Backend, BackendModel } from '../port.ts'
import { createRowCost } from './row-cost.ts'

/** A part must be worth its trip to another thread and back, which takes about a tenth of a millisecond. */
const leastPartMs = 0.5

/** Every member holds every model: a batch of any of them may then use all of them. */
export function createPooledBackend(members: readonly Backend[], clock: Clock): Backend {
  const [first] = members
  const busyRows = members.map(() => 0)
  return {
    name: first.name,
    description: `${first.description}, ${members.length} of them`,
    async open() {
      const facts = await Promise.all(members.map((member) => member.open()))
      return { ...facts[0], threadCount: members.length }
    },
    ...(first.computesRegions === true && { computesRegions: true }),
    async load(...model) {
      const models = await loadAll(members, model)
      const isAway = (worker: number): boolean => members[worker].health().outage !== undefined
      return createPooledModel(models, { busyRows, isAway, clock })
    },
    async tensorCount() {
      const counts = await Promise.all(members.map((member) => member.tensorCount()))
      return counts.reduce((sum, count) => sum + count, 0)
    },
    health() {
      const all = members.map((member) => member.health())
      const lastLoss = all.find((health) => health.lastLoss !== undefined)?.lastLoss
      const restartCount = all.reduce((sum, health) => sum + health.restartCount, 0)
      // the others serve while some are away
      const outage = all.every((health) => health.outage !== undefined) ? all[0].outage : undefined
      return { restartCount, ...(lastLoss !== undefined && { lastLoss }), ...(outage !== undefined && { outage }) }
    },
    async close() {
      await Promise.all(members.map((member) => member.close()))
    },
  }
}

/** All or none: a model that one member cannot hold is taken off the others again. */
async function loadAll(members: readonly Backend[], model: Parameters<Backend['load']>): Promise<BackendModel[]> {
  const settled = await Promise.allSettled(members.map((member) => member.load(...model)))
  const models = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const failed = settled.find((result) => result.status === 'rejected')
  if (failed === undefined) return models
  for (const model of models) model.dispose()
  throw failed.reason
}

type Pool = {
  /** Of all models: one that takes long, or never ends, must not have another one wait behind it. */
  readonly busyRows: number[]
  readonly isAway: (worker: number) => boolean
  readonly clock: Clock
}

function createPooledModel(models: readonly BackendModel[], { busyRows, isAway, clock }: Pool): BackendModel {
  const cost = createRowCost()

  async function runOn(worker: number, ...batch: Parameters<BackendModel['run']>) {
    const [, rowCount] = batch
    busyRows[worker] += rowCount
    const startedAt = clock.now()
    try {
      await models[worker].run(...batch)
      cost.record(rowCount, clock.now() - startedAt)
    } finally {
      busyRows[worker] -= rowCount
    }
  }

  /** Those that are there, least loaded first; where none is, all of them, to hear why. */
  function workersByLoad(): number[] {
    const all = models.map((_, worker) => worker)
    const there = all.filter((worker) => !isAway(worker))
    return (there.length > 0 ? there : all).sort((a, b) => busyRows[a] - busyRows[b] || a - b)
  }

  return {
    mode: 'async',
    ...(models[0].takes && { takes: models[0].takes }),
    hostWaitMs: models[0].hostWaitMs,
    async run(inputs, rowCount, outputs, limits) {
      const order = workersByLoad()
      const worth = Math.floor(cost.estimateMs(rowCount) / leastPartMs)
      const partCount = Math.max(1, Math.min(order.length, rowCount, worth))
      if (partCount === 1) return runOn(order[0], inputs, rowCount, outputs, limits)
      const parts: Promise<void>[] = []
      for (let part = 0; part < partCount; part++) {
        const from = Math.floor((part * rowCount) / partCount)
        const to = Math.floor(((part + 1) * rowCount) / partCount)
        parts.push(runOn(order[part], cut(inputs, from, to), to - from, cut(outputs, from, to), limits))
      }
      // all have ended before the slabs are given back, also where one failed
      const settled = await Promise.allSettled(parts)
      const failed = settled.find((result) => result.status === 'rejected')
      if (failed !== undefined) throw failed.reason
    },
    dispose() {
      for (const model of models) model.dispose()
    },
  }
}

function cut<Slab extends AnySlab>(slabs: readonly Slab[], from: number, to: number): Slab[] {
  return slabs.map((slab) => ({ ...slab, values: slab.values.subarray(from * slab.width, to * slab.width) }))
}
