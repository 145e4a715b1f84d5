// The churn model that ships with the package: its folder, its source file and its held-out customers.

import { readFile } from 'node:fs/promises'
import { packageFile } from '../package-file.ts'
import type { Row } from '../../rows/prediction.ts'

export const churnName = 'telco_churn'

export type HeldOut = {
  readonly rows: readonly Row[]
  /** Whether each customer left. */
  readonly truth: readonly string[]
  /** What scikit-learn answered. */
  readonly expected: { readonly predict: readonly string[]; readonly predict_proba: readonly (readonly number[])[] }
}

export function churnFile(name: string): string {
  return packageFile(`models/${churnName}/${name}`)
}

export async function readHeldOut(): Promise<HeldOut> {
  return JSON.parse(await readFile(churnFile('heldout.json'), 'utf8')) as HeldOut
}
