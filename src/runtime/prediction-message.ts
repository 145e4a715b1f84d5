// A row and how it ended in; what the channel of predictions says of it out.

import type { ErrorCode } from '../errors.ts'
import type { ChannelMessages } from '../observe/channels.ts'
import type { PredictionSource } from '../rows/prediction.ts'

export type EndedRow = {
  readonly model: string
  readonly version: string | null
  readonly latencyMs: number
  readonly requestId: string | undefined
}

/** An answer, a failure, or neither where its caller left. */
export type RowOutcome = { readonly source?: PredictionSource; readonly code?: ErrorCode }

type Message = { -readonly [Key in keyof ChannelMessages['prediction']]: ChannelMessages['prediction'][Key] }

/** Field by field: a spread costs as much as all the rest. */
export function predictionMessage(
  { model, version, latencyMs, requestId }: EndedRow,
  { source, code }: RowOutcome,
): ChannelMessages['prediction'] {
  const message: Message = { model, version, latencyMs }
  if (requestId !== undefined) message.requestId = requestId
  if (source !== undefined) message.source = source
  if (code !== undefined) message.code = code
  return message
}
