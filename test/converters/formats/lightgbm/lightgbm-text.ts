// Lines to change in; the text of a small LightGBM model of one split out.

export type Lines = Readonly<Record<string, string>>

const head: Lines = {
  version: 'v4',
  num_class: '1',
  num_tree_per_iteration: '1',
  max_feature_idx: '1',
  objective: 'regression',
  feature_names: 'a b',
  feature_infos: '[0:9] [0:9]',
}

const tree: Lines = {
  num_leaves: '2',
  num_cat: '0',
  split_feature: '1',
  threshold: '2.5',
  decision_type: '10',
  left_child: '-1',
  right_child: '-2',
  leaf_value: '-1 4',
  leaf_count: '30 70',
  is_linear: '0',
  shrinkage: '0.1',
}

/** `treeCount` equal trees; lines named in `changes` are those, wherever they stand. */
export function lightgbmText(changes: Lines = {}, { treeCount = 1, end = '' } = {}): Uint8Array {
  const written = (lines: Lines): string =>
    Object.entries(lines)
      .map(([key, value]) => `${key}=${changes[key] ?? value}\n`)
      .join('')
  const more = Object.entries(changes).filter(([key]) => !(key in head) && !(key in tree))
  const extra = more.map(([key, value]) => `${key}=${value}\n`).join('')
  const trees = Array.from({ length: treeCount }, (_, i) => `Tree=${i}\n${written(tree)}${extra}\n\n`)
  return new TextEncoder().encode(`tree\n${written(head)}\n${trees.join('')}end of trees\n\n${end}`)
}
