// A plan in, what of each of its wheels is still to do out; nothing is hashed or written.

import { stat } from 'node:fs/promises'
import { wheelPath } from './fetch-wheel.ts'
import type { GivenWheels } from './given-wheels.ts'
import type { InstallFolders } from './install-folders.ts'
import type { InstallPlan, WheelWork } from './install-plan.ts'
import { isUnpacked } from './unpack-wheel.ts'

export type SurveyedWheel = WheelWork & {
  /** True where the user has it on disk. */
  readonly isGiven: boolean
}

export async function surveyWheels(
  plan: InstallPlan,
  folders: InstallFolders,
  given: GivenWheels,
): Promise<readonly SurveyedWheel[]> {
  const work: SurveyedWheel[] = []
  for (const wheel of plan.wheels) {
    const isGiven = given.has(wheel.sha256)
    const isFetched = isGiven || (await hasByteLength(wheelPath(wheel, folders), wheel.byteLength))
    work.push({ wheel, isGiven, isUnpacked: await isUnpacked(wheel, folders, 'all'), isFetched })
  }
  return work
}

async function hasByteLength(path: string, byteLength: number): Promise<boolean> {
  try {
    return (await stat(path)).size === byteLength
  } catch {
    return false
  }
}
