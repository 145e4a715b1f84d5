// A real redis-server on a free port for a test: started, frozen, thawed, killed and started again at will.

import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createConnection, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

export type RedisServer = {
  readonly port: number
  readonly url: string
  /** Also says when it takes commands; with `isWaitedFor: false` it may still load what it held. */
  start(options?: StartOptions): Promise<void>
  /** Ends it at once; what it held is lost. */
  kill(): Promise<void>
  /** Ends it as an operator would: it closes its connections itself. */
  shutDown(): Promise<void>
  /** Changes the password while it runs, '' for none, and ends the connections of everyone else. */
  changePassword(password: string): Promise<void>
  /** The password that it is started with next; the running one keeps its own. */
  setNextPassword(password: string): void
  /** Stops the process without closing its connections. */
  freeze(): void
  thaw(): void
  /** One command on a connection of its own; its raw reply. */
  ask(...words: readonly string[]): Promise<string>
  /** A connection that lasts, of an operator who is in before no one else is let in. */
  hold(): Promise<HeldConnection>
}

export type HeldConnection = { ask(...words: readonly string[]): Promise<string>; close(): void }

export type RedisServerOptions = { readonly password?: string }

export type StartOptions = {
  /** Of the command line, beside those that every server gets. */
  readonly flags?: readonly string[]
  readonly isWaitedFor?: boolean
}

/** Why no server can be started; undefined where one can. */
export function whyNoRedis(): string | undefined {
  return spawnSync('redis-server', ['--version']).status === 0 ? undefined : 'redis-server is not installed'
}

/** A server that is not started yet. */
export async function createRedisServer(options: RedisServerOptions = {}): Promise<RedisServer> {
  const port = await freePort()
  let { password = '' } = options
  let nextPassword = password
  let child: ChildProcess | undefined

  async function ask(...words: readonly string[]): Promise<string> {
    const connection = await hold()
    try {
      return await connection.ask(...words)
    } finally {
      connection.close()
    }
  }

  async function hold(): Promise<HeldConnection> {
    const socket = createConnection({ port, host: '127.0.0.1' })
    const askNext = async (...words: readonly string[]): Promise<string> => {
      socket.write(commandOf(words))
      const [reply] = (await once(socket, 'data')) as [Buffer]
      return reply.toString()
    }
    await once(socket, 'connect')
    if (password !== '') await askNext('AUTH', password)
    return { ask: askNext, close: () => socket.destroy() }
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
    async start({ flags = [], isWaitedFor = true } = {}) {
      password = nextPassword
      const common = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
      child = spawn('redis-server', [...common, ...(password === '' ? [] : ['--requirepass', password]), ...flags])
      let output = ''
      for await (const chunk of child.stdout ?? []) {
        output += String(chunk)
        if (output.includes('Ready to accept connections')) break
        if (!isWaitedFor && output.includes('Server initialized')) break
      }
      if (child.exitCode !== null) throw new Error(`redis-server ended: ${output}`)
    },
    kill: () => end('SIGKILL'),
    shutDown: () => end('SIGTERM'),
    async changePassword(next) {
      const reply = await ask('CONFIG', 'SET', 'requirepass', next)
      if (!reply.startsWith('+OK')) throw new Error(`redis-server did not take the password: ${reply}`)
      password = nextPassword = next
      await ask('CLIENT', 'KILL', 'TYPE', 'normal')
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    setNextPassword: (next) => void (nextPassword = next),
    ask,
    hold,
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
