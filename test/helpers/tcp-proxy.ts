// A port of this machine in; another port out that hands everything on, late, in part, wrongly or not at all, as a test says.

import { once } from 'node:events'
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** What becomes of what is sent; it holds for connections that are there too. */
export type Passage =
  | { readonly kind: 'through' }
  /** Replies come that much later. */
  | { readonly kind: 'late'; readonly byMs: number }
  /** Connections are taken and stay silent. */
  | { readonly kind: 'swallowed' }
  /** The first bytes of a reply come, and the connection ends. */
  | { readonly kind: 'cut' }
  /** Replies come with other bytes. */
  | { readonly kind: 'garbled'; readonly garble: (reply: Buffer) => Buffer }
  /** Each command gets this line for a reply, and reaches nobody. */
  | { readonly kind: 'answered'; readonly line: string }

export type TcpProxy = {
  readonly url: string
  pass(passage: Passage): void
  close(): Promise<void>
}

export async function createTcpProxy(targetPort: number): Promise<TcpProxy> {
  let passage: Passage = { kind: 'through' }
  const sockets = new Set<Socket>()

  function connect(near: Socket): void {
    const far = createConnection({ port: targetPort, host: '127.0.0.1' })
    const end = (): void => {
      near.destroy()
      far.destroy()
    }
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', end)
      socket.on('close', () => {
        sockets.delete(socket)
        end()
      })
    }
    near.on('data', (commands: Buffer) => {
      if (passage.kind === 'answered') near.write(`${passage.line}\r\n`.repeat(commandCount(commands)))
      else if (passage.kind !== 'swallowed') far.write(commands)
    })
    far.on('data', (reply: Buffer) => void giveBack(reply, near, end))
  }

  async function giveBack(reply: Buffer, near: Socket, end: () => void): Promise<void> {
    const current = passage
    if (current.kind === 'late') await sleep(current.byMs)
    if (current.kind === 'swallowed' || near.destroyed) return
    if (current.kind === 'garbled') near.write(current.garble(reply))
    else if (current.kind !== 'cut') near.write(reply)
    else near.write(reply.subarray(0, Math.ceil(reply.length / 2)), end)
  }

  const server = createServer(connect).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pass: (next) => void (passage = next),
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A command of Redis is a list of its words. */
function commandCount(commands: Buffer): number {
  return commands.toString('latin1').match(/\*\d+\r\n\$/g)?.length ?? 0
}
