// A real redis-server on a free port for a test: started, frozen, thawed, killed and started again at will.

import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createConnection, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

export type RedisServer = {
  readonly port: number
  readonly url: string
  start(): Promise<void>
  /** Ends it at once; what it held is lost. */
  kill(): Promise<void>
  /** Ends it as an operator would: it closes its connections itself. */
  shutDown(): Promise<void>
  /** Changes the password while it runs, '' for none, and ends the connections of everyone else. */
  changePassword(password: string): Promise<void>
  /** Stops the process without closing its connections. */
  freeze(): void
  thaw(): void
  /** One command on a connection of its own; its raw reply. */
  ask(...words: readonly string[]): Promise<string>
}

export type RedisServerOptions = { readonly password?: string }

/** Why no server can be started; undefined where one can. */
export function whyNoRedis(): string | undefined {
  return spawnSync('redis-server', ['--version']).status === 0 ? undefined : 'redis-server is not installed'
}

/** A server that is not started yet. */
export async function createRedisServer(options: RedisServerOptions = {}): Promise<RedisServer> {
  const port = await freePort()
  let { password = '' } = options
  let child: ChildProcess | undefined

  async function ask(...words: readonly string[]): Promise<string> {
    const socket = createConnection({ port, host: '127.0.0.1' })
    try {
      await once(socket, 'connect')
      if (password !== '') {
        socket.write(commandOf(['AUTH', password]))
        await once(socket, 'data')
      }
      socket.write(commandOf(words))
      const [reply] = (await once(socket, 'data')) as [Buffer]
      return reply.toString()
    } finally {
      socket.destroy()
    }
  }

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (child === undefined) return
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
    child = undefined
  }

  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    async start() {
      const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
      child = spawn('redis-server', [...flags, ...(password === '' ? [] : ['--requirepass', password])])
      let output = ''
      for await (const chunk of child.stdout ?? []) {
        output += String(chunk)
        if (output.includes('Ready to accept connections')) break
      }
      if (child.exitCode !== null) throw new Error(`redis-server ended: ${output}`)
    },
    kill: () => end('SIGKILL'),
    shutDown: () => end('SIGTERM'),
    async changePassword(next) {
      const reply = await ask('CONFIG', 'SET', 'requirepass', next)
      if (!reply.startsWith('+OK')) throw new Error(`redis-server did not take the password: ${reply}`)
      password = next
      await ask('CLIENT', 'KILL', 'TYPE', 'normal')
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    ask,
  }
}

function commandOf(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
