// The fitted members of an ensemble in; their trees, where all of them are decision trees, out.

import { PyObject, type PyValue } from '../../../formats/pickle/values.ts'
import { treeAttributes } from '../decision-tree.ts'
import { EstimatorReader } from '../estimator-reader.ts'
import { acceptsMissing } from '../missing-in-trees.ts'
import { pathWithin } from '../place.ts'
import { createNodeBudget } from '../split-layout.ts'
import { readTree, type TreeNodes } from '../stored-tree.ts'

export type TreeMember = { readonly reader: EstimatorReader; readonly nodes: TreeNodes }

const treeClasses = new Set([
  'DecisionTreeClassifier',
  'DecisionTreeRegressor',
  'ExtraTreeClassifier',
  'ExtraTreeRegressor',
])

/** Undefined where a member is something else. Trees of one region are searched and stored together. */
export function readTreeMembers(
  members: readonly PyValue[],
  reader: EstimatorReader,
): { readonly trees: readonly TreeMember[]; readonly takesMissing: boolean } | undefined {
  const objects = members.filter((member) => member instanceof PyObject && isTree(member))
  if (objects.length !== members.length) return undefined
  const spend = createNodeBudget(reader.place)
  const trees = (objects as PyObject[]).map((object, i): TreeMember => {
    const place = { ...reader.place, path: pathWithin(reader.place, `estimators_[${i}]`), className: object.name }
    const tree = new EstimatorReader(object, place, treeAttributes)
    const nodes = readTree(tree.value('tree_'), place)
    spend(nodes.nodeCount)
    return { reader: tree, nodes }
  })
  return { trees, takesMissing: trees.every((tree) => acceptsMissing(tree.reader, { isForest: false })) }
}

function isTree({ module, name }: PyObject): boolean {
  return module.split('.', 1)[0] === 'sklearn' && treeClasses.has(name)
}

/** The tree on all columns of the ensemble, of which it was given `features`. */
export function onAllColumns(nodes: TreeNodes, features: readonly number[]): TreeNodes {
  const { feature } = nodes
  return { ...nodes, feature: Float64Array.from(feature, (number) => features[number] ?? -1) }
}
