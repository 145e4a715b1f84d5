// Where a Redis is, in; what it says to those whose connection it ends at once, such as that it has too many, out.

import { createConnection } from 'node:net'

/** A refusal comes with the connection; who says nothing by then is well, or something else is wrong. */
const saysWithinMs = 250

/** Never rejects; undefined where nothing was said, and for connections with TLS, which are refused without words. */
export function readRefusal(url: string): Promise<string | undefined> {
  const { protocol, hostname, port } = new URL(url)
  if (protocol !== 'redis:') return Promise.resolve(undefined)
  return new Promise((resolve) => {
    let text = ''
    const socket = createConnection({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || 6379 })
    socket.setTimeout(saysWithinMs, () => socket.destroy())
    socket.on('data', (bytes: Uint8Array) => (text += new TextDecoder().decode(bytes)))
    // the connection is ended by either side
    socket.on('error', () => {})
    // that of protected mode goes on for 900 characters after its first sentence
    socket.on('close', () => resolve(/^-(.+?)(?:\. |\r|$)/.exec(text)?.[1]))
  })
}
