// An event of the library in; the same event on Node's diagnostics channel of that name, where anyone listens, out.

import { channel, type Channel as NodeChannel } from 'node:diagnostics_channel'
import { type Channel, channelNames, type Publish } from '../observe/channels.ts'

const channels = Object.fromEntries(Object.entries(channelNames).map(([key, name]) => [key, channel(name)])) as Record<
  Channel,
  NodeChannel
>

export const nodePublish: Publish = Object.assign(
  ((key, message) => {
    if (channels[key].hasSubscribers) channels[key].publish(message)
  }) satisfies Publish,
  { isHeard: (key: Channel) => channels[key].hasSubscribers },
)
