// Trees in, the form that each takes out: the cheapest, but few forms, since each is code to compile.

import { chainForm } from './lanes-chain.ts'
import { completeForm } from './lanes-complete.ts'
import type { LaneForm } from './lanes-form.ts'
import type { LaneTree } from './lanes-trees.ts'

/** Leaves of the largest tree that a form takes: positions are bytes, but tables are looked up one after the other. */
export const mostLeaves = 64

const allForms: readonly LaneForm[] = [...[1, 2, 3, 4, 5].map(completeForm), ...[1, 2, mostLeaves / 16].map(chainForm)]

/** Share of the trees for which a form of their own pays. */
const leastShare = 0.1

export type ChosenForms = { readonly forms: readonly LaneForm[]; readonly formOf: (tree: LaneTree) => LaneForm }

export function chooseForms(trees: readonly LaneTree[]): ChosenForms {
  let forms = allForms
  for (;;) {
    const treesOf = new Map(forms.map((form) => [form, [] as LaneTree[]]))
    for (const tree of trees) treesOf.get(cheapest(forms, tree))?.push(tree)
    const used = forms.filter((form) => treesOf.get(form)?.length !== 0)
    const spare = used.find((form) => {
      const own = treesOf.get(form) ?? []
      const others = used.filter((other) => other !== form)
      return own.length < leastShare * trees.length && own.every((tree) => others.some((other) => fits(other, tree)))
    })
    if (spare === undefined) return { forms: used, formOf: (tree) => cheapest(used, tree) }
    forms = used.filter((form) => form !== spare)
  }
}

function fits(form: LaneForm, tree: LaneTree): boolean {
  return Number.isFinite(form.cost(tree))
}

function cheapest(forms: readonly LaneForm[], tree: LaneTree): LaneForm {
  return forms.reduce((best, form) => (form.cost(tree) < best.cost(tree) ? form : best))
}
