// Nothing in; a real redis-server of its own that a soak may kill, freeze and fill, or undefined where none is installed, out.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createConnection, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export async function startRedis() {
  if (spawnSync('redis-server', ['--version']).status !== 0) return undefined
  const port = await freePort()
  let child
  const start = async () => {
    child = spawn('redis-server', ['--port', `${port}`, '--save', '', '--appendonly', 'no'], { stdio: 'ignore' })
    while (!(await ask(port, 'PING').catch(() => '')).startsWith('+PONG')) await sleep(20)
  }
  const kill = async () => {
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
  await start()
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    /** Each leaves the server well again. */
    faults: {
      async 'killed, back after a second'() {
        await kill()
        await sleep(1000)
        await start()
      },
      async 'frozen for three seconds'() {
        child.kill('SIGSTOP')
        await sleep(3000)
        child.kill('SIGCONT')
      },
      async 'full for three seconds'() {
        await ask(port, 'CONFIG', 'SET', 'maxmemory', '1')
        await sleep(3000)
        await ask(port, 'CONFIG', 'SET', 'maxmemory', '0')
      },
      async 'garbage under half of its keys'() {
        const script = `local keys = redis.call('keys', '*') for i = 1, #keys, 2 do redis.call('set', keys[i], 'garbage') end return #keys`
        await ask(port, 'EVAL', script, '0')
      },
      async 'another password for two seconds'() {
        const operator = await hold(port)
        await operator.ask('CONFIG', 'SET', 'requirepass', 'another')
        await operator.ask('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
        await sleep(2000)
        await operator.ask('CONFIG', 'SET', 'requirepass', '')
        operator.end()
      },
    },
  }
}

async function hold(port) {
  const socket = createConnection({ port, host: '127.0.0.1' })
  await once(socket, 'connect')
  return {
    async ask(...words) {
      socket.write(`*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`)
      const [reply] = await once(socket, 'data')
      return reply.toString()
    },
    end: () => socket.destroy(),
  }
}

async function ask(port, ...words) {
  const connection = await hold(port)
  try {
    return await connection.ask(...words)
  } finally {
    connection.end()
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  return port
}
