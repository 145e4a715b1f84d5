// A model of an asynchronous backend and a way to the next one in; one model that goes on there when its backend cannot, out.

import { createError, isMLError, type MLError } from '../../errors.ts'
import type { BackendModel } from '../port.ts'

export type FailoverOptions = {
  readonly first: BackendModel
  /** Loads and checks the model elsewhere, each time further on; undefined where nothing is left. Never rejects. */
  readonly next: (cause: MLError) => Promise<BackendModel | undefined>
}

/** Where the batches go now; given back when it has been left and the last of them is settled. */
type Post = { readonly model: BackendModel; running: number; isLeft: boolean }

/**
 * Batches that a backend refuses with OUT_OF_MEMORY or BACKEND_UNAVAILABLE run on the next one, and so do all later
 * ones; batches that fail at the same time share one move. Unlike other models, it reads the inputs again after a move:
 * callers leave them alone until the promise is settled.
 */
export function createFailoverModel({ first, next }: FailoverOptions): BackendModel {
  let post: Post = { model: first, running: 0, isLeft: false }
  let moving: Promise<boolean> | undefined
  let isDisposed = false

  async function runAt(here: Post, ...batch: Parameters<BackendModel['run']>): Promise<void> {
    here.running++
    try {
      await here.model.run(...batch)
    } finally {
      here.running--
      if (here.isLeft) disposeIdle(here)
    }
  }

  /** False where there is nowhere to go. */
  function leave(here: Post, cause: MLError): Promise<boolean> {
    if (here !== post) return Promise.resolve(true)
    moving ??= next(cause)
      .then((model) => {
        if (model === undefined) return false
        here.isLeft = true
        disposeIdle(here)
        post = { model, running: 0, isLeft: isDisposed }
        if (isDisposed) model.dispose()
        return true
      })
      .finally(() => {
        moving = undefined
      })
    return moving
  }

  return {
    mode: 'async',
    ...(first.takes && { takes: first.takes }),
    hostWaitMs: first.hostWaitMs,
    async run(...batch) {
      for (;;) {
        // what comes while the model moves need not fail first
        if (moving !== undefined) await moving
        if (isDisposed) throw createError('CLOSED', 'the model was disposed')
        const here = post
        try {
          return await runAt(here, ...batch)
        } catch (error) {
          if (!isReasonToMove(error) || isDisposed || !(await leave(here, error))) throw error
        }
      }
    },
    dispose() {
      if (isDisposed) return
      isDisposed = true
      post.isLeft = true
      post.model.dispose()
    },
  }
}

function disposeIdle({ model, running }: Post): void {
  if (running === 0) model.dispose()
}

function isReasonToMove(error: unknown): error is MLError {
  return isMLError(error) && (error.code === 'OUT_OF_MEMORY' || error.code === 'BACKEND_UNAVAILABLE')
}
