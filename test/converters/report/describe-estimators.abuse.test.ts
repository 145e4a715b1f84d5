import { describe, expect, it } from 'vitest'
import type { PyValue } from '../../../converters/formats/pickle/values.ts'
import { PyDict, PyObject } from '../../../converters/formats/pickle/values.ts'
import { type EstimatorNode, describeEstimators } from '../../../converters/report/describe-estimators.ts'

function pipeline(steps: readonly PyValue[]): PyObject {
  const named: PyValue[] = steps.map((step, i): PyValue => [`step${i}`, step])
  return new PyObject('sklearn.pipeline', 'Pipeline', { state: new PyDict([['steps', named]]) })
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
    expect(countOf(describeEstimators(nested))).toBeLessThan(4000)
  })
})
