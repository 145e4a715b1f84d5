// A small scoring service: POST /predict/<model> with one row as JSON gives a Prediction; GET /health tells the truth.
// Run it with: node examples/http-server.mjs models 8080

import { createServer } from 'node:http'
import { initializeMLRegistry, isMLError } from 'tfjs-serving'

const [modelsDir = 'models', port = '8080'] = process.argv.slice(2)
const maxBodyByteLength = 1024 * 1024

const registry = await initializeMLRegistry({
  modelsDir,
  backend: process.env.BACKEND ?? 'auto',
  caching: process.env.CACHE === 'off' ? false : {},
})
const predictors = new Map()

async function predictorOf(name) {
  if (!predictors.has(name)) predictors.set(name, await registry.getModelPredictor(name))
  return predictors.get(name)
}

async function readBody(request) {
  const chunks = []
  let byteLength = 0
  for await (const chunk of request) {
    byteLength += chunk.length
    if (byteLength > maxBodyByteLength) throw new RangeError(`the body may have ${maxBodyByteLength} bytes`)
    chunks.push(chunk)
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'))
}

function answer(response, status, body) {
  const text = JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  response.end(text)
}

async function handle(request, response) {
  const [, route, name] = request.url.split('/')
  if (request.method === 'GET' && route === 'health') return answer(response, 200, registry.getRegistryHealth())
  if (request.method !== 'POST' || route !== 'predict' || !name)
    return answer(response, 404, { error: { message: 'POST /predict/<model> or GET /health' } })
  const left = new AbortController()
  response.once('close', () => response.writableEnded || left.abort())
  const predictor = await predictorOf(decodeURIComponent(name))
  answer(response, 200, await predictor.predict(await readBody(request), { signal: left.signal }))
}

function statusOf(error) {
  if (error instanceof RangeError) return 413
  // JSON that is none, or a path whose % escapes are broken
  return error instanceof SyntaxError || error instanceof URIError ? 400 : 500
}

const server = createServer((request, response) => {
  handle(request, response).catch((error) => {
    if (response.destroyed) return
    if (isMLError(error)) return answer(response, error.httpStatus, { error })
    const status = statusOf(error)
    // the rest of a body that is too long is not read, and so no other request can follow it
    if (status === 413) response.setHeader('connection', 'close')
    answer(response, status, { error: { message: status === 500 ? 'internal error' : error.message } })
  })
})
server.listen(Number(port), '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}`))

process.once('SIGTERM', async () => {
  server.close()
  await registry.close()
})
