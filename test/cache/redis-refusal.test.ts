import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readRefusal } from '../../src/cache/redis-refusal.ts'

async function listenAnd(serve: (socket: Socket) => void): Promise<string> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    serve(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `redis://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('readRefusal', () => {
  it.each([
    ['-ERR max number of clients reached\r\n', 'ERR max number of clients reached'],
    [
      '-DENIED Redis is running in protected mode because no password is set. In this mode connections are only accepted from the loopback interface.\r\n',
      'DENIED Redis is running in protected mode because no password is set',
    ],
    ['HTTP/1.1 400 Bad Request\r\n\r\n', undefined],
    ['', undefined],
  ])('gives what a server says before it ends the connection: %j', async (said, words) => {
    const url = await listenAnd((socket) => socket.end(said))
    expect(await readRefusal(url)).toBe(words)
  })

  it('is over soon where nothing is said', async () => {
    expect(await readRefusal(await listenAnd(() => {}))).toBeUndefined()
  })

  it('is over at once where nobody listens, and for connections with TLS', async () => {
    expect(await readRefusal('redis://127.0.0.1:1')).toBeUndefined()
    expect(await readRefusal('rediss://127.0.0.1:1')).toBeUndefined()
  })
})
