// An estimator that another one was fitted with in; attributes of it, which its own spec may not know, out.

import { PyDict, PyObject, type PyValue } from '../../../formats/pickle/values.ts'

export function attributeOf(value: PyValue | undefined, name: string): PyValue | undefined {
  return value instanceof PyObject && value.state instanceof PyDict ? value.state.get(name) : undefined
}

/** `a.b.c` as operator.attrgetter has it, and the named_steps of a pipeline. */
export function attributeAt(value: PyValue, path: string): PyValue | undefined {
  let found: PyValue | undefined = value
  let steps: PyValue | undefined
  for (const name of path.split('.')) {
    if (name === 'named_steps') {
      steps = attributeOf(found, 'steps')
      continue
    }
    found = steps === undefined ? attributeOf(found, name) : stepOf(steps, name)
    steps = undefined
  }
  return steps === undefined ? found : undefined
}

function stepOf(steps: PyValue, name: string): PyValue | undefined {
  if (!Array.isArray(steps)) return undefined
  for (const step of steps) if (Array.isArray(step) && step[0] === name) return step[1]
  return undefined
}
