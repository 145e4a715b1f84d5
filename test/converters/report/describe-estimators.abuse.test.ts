import { describe, expect, it } from 'vitest'
import type { PyValue } from '../../../converters/formats/pickle/values.ts'
import { PyDict, PyObject } from '../../../converters/formats/pickle/values.ts'
import { type EstimatorNode, describeEstimators } from '../../../converters/report/describe-estimators.ts'

function pipeline(steps: readonly PyValue[]): PyObject {
  const state = new PyDict()
  state.entries.push(['steps', steps.map((step, i): PyValue => [`step${i}`, step])])
  const object = new PyObject('sklearn.pipeline', 'Pipeline')
  object.state = state
  return object
}

function countOf({ children }: EstimatorNode): number {
  return children.reduce((sum, child) => sum + countOf(child), 1)
}

describe('describeEstimators', () => {
  it('shows lists that name each other exponentially often in a few characters', () => {
    let list: PyValue = ['x']
    for (let level = 0; level < 60; level++) list = [list, list, list, list]
    expect(describeEstimators(list).className.length).toBeLessThan(2000)
  })

  it('shows a list that holds itself, and one nested a million deep', () => {
    const own: PyValue[] = []
    own.push(own)
    expect(describeEstimators(own).className).toBe('(((list of 1)))')
    let deep: PyValue = []
    for (let level = 0; level < 1_000_000; level++) deep = [deep]
    expect(describeEstimators(deep).className).toBe('(((list of 1)))')
  })

  it('shows a bounded number of estimators of pipelines that name each other exponentially often', () => {
    let nested = pipeline([])
    for (let level = 0; level < 15; level++) nested = pipeline([nested, nested, nested, nested])
    const count = countOf(describeEstimators(nested))
    expect(count).toBeGreaterThan(1000)
    expect(count).toBeLessThan(4000)
  })
})
