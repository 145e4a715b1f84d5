// A process that keeps a backend in a host: told what to do by one message, says what happens on stdout, line by line.
import process from 'node:process'
import { systemClock } from '../../../dist/src/observe/clock.js'
import { forkHost } from '../../../dist/src/backend/host/fork-host.js'
import { createHostedBackend } from '../../../dist/src/backend/host/hosted-backend.js'

const say = (word, value) => process.stdout.write(`${word} ${JSON.stringify(value)}\n`)

process.once('message', async ({ start, artifact, inputs, rowCount, mode }) => {
  // not within the event: Node 20 still writes to the channel that brought a message before anybody listened
  setImmediate(() => process.disconnect())
  const fork = () => {
    const link = forkHost(start)
    say('host', link.pid)
    return link
  }
  const backend = createHostedBackend(start.name, { fork, clock: systemClock })
  const model = await backend.load(artifact)
  const run = async () => {
    const raw = {
      name: 'raw',
      width: artifact.metadata.rawWidth,
      values: new Float32Array(rowCount * artifact.metadata.rawWidth),
    }
    await model.run(inputs, rowCount, [raw])
    say('answer', Array.from(raw.values.subarray(0, 4)))
  }
  await run()
  if (mode === 'forget') return
  process.on('SIGINT', async () => {
    say('interrupted', true)
    await run()
    say('restarts', backend.health().restartCount)
    await backend.close()
    process.exit(0)
  })
  setInterval(() => undefined, 1000)
  say('ready', true)
})
