// A program that times itself in; a peer whose samples are what it says out. One line `size repeats slabs` to it, one of nanoseconds back.

import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { mostSlabs } from '../models/bench-models.mjs'

export async function startTimedChild(command, args, env = {}) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  let problem = ''
  child.stderr.on('data', (chunk) => (problem = `${problem}${chunk}`.slice(-2000)))
  child.stdin.on('error', () => {})
  const waiting = []
  let exit
  const settle = (line) => waiting.shift()?.resolve(line)
  createInterface({ input: child.stdout }).on('line', settle)
  const fail = (reason) => {
    exit ??= new Error(`${command} ${reason}: ${problem.trim()}`)
    for (const { reject } of waiting.splice(0)) reject(exit)
  }
  child.on('error', (error) => fail(error.message))
  child.on('close', (code) => fail(`ended with ${code}`))
  const nextLine = () =>
    exit === undefined ? new Promise((resolve, reject) => waiting.push({ resolve, reject })) : Promise.reject(exit)
  const ready = await nextLine()
  if (ready !== 'ready') throw new Error(`${command} said ${ready}, expected ready`)
  return {
    sampleAt:
      (size, most = mostSlabs) =>
      async (repeats) => {
        child.stdin.write(`${size} ${repeats} ${most}\n`)
        return Number(await nextLine()) / 1e6
      },
    close() {
      child.stdin.end()
    },
  }
}
