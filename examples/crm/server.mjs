// A service for a real-estate CRM: lead scores, churn risks and property matches over HTTP, new scores over WebSocket.
// Run it with: node examples/crm/server.mjs models 8080   (needs `npm install ws`)

import { createServer } from 'node:http'
import { initializeMLRegistry, isMLError } from 'tfjs-serving'
import { ChurnPredictionEngine, PropertyMatcher, RealTimeScoring } from 'tfjs-serving/crm'
import { WebSocketServer } from 'ws'
import { readListings } from '../../models/listings/listings.mjs'
import { createLeadStore } from './lead-store.mjs'

const [modelsDir = 'models', port = '8080'] = process.argv.slice(2)
const maxBodyByteLength = 1024 * 1024
/** For a whole request, its body included: a client that sends a byte a minute must not keep a connection. */
const requestTimeoutMs = 30_000
/** For what is under way when the service is told to end; less than the 10 s after which Docker kills it. */
const drainMs = 5000

const registry = await initializeMLRegistry({ modelsDir, watch: true })
const leads = createLeadStore()
const listings = readListings()
const scoring = new RealTimeScoring({ models: registry, leads })
const churn = new ChurnPredictionEngine({ models: registry, leads })
const matcher = new PropertyMatcher({ models: registry, leads })

/** What is asked, by method and path; `id` is the lead of the path. */
const routes = {
  'PUT /leads/:id': async ({ id, tenant, body, signal }) => {
    const { answers, preferences } = body
    // one that cannot be is refused here: kept, it would fail every later question about the lead
    await matcher.match({ id, answers, preferences }, [], { tenant, signal })
    leads.put(tenant, { id, answers, preferences })
    return { id }
  },
  // what happens to a lead changes its score, and whoever listens hears of it
  'POST /leads/:id/events': async ({ id, tenant, body, signal }) => {
    if (!leads.record(tenant, id, body)) throw notFound(`lead ${id}`)
    return scoring.score(id, { tenant, signal })
  },
  'GET /leads/:id/score': ({ id, tenant, query, signal }) =>
    scoring.score(id, { tenant, signal, factors: query.has('factors') }),
  'GET /leads/:id/churn': ({ id, tenant, signal }) => churn.predict(id, { tenant, signal }),
  'GET /leads/:id/matches': ({ id, tenant, query, signal }) =>
    matcher.match(id, listings, { tenant, signal, limit: Number(query.get('limit') ?? 10) }),
  'POST /scores': async ({ tenant, body, signal }) => {
    const { results, errors } = await scoring.scoreBatch(body.leadIds, { tenant, signal })
    return { results, errors: errors.map(({ leadId, error }) => ({ leadId, error: plain(error) })) }
  },
  'GET /churn/high-risk': ({ tenant, query, signal }) =>
    churn.highRisk({ tenant, signal, threshold: Number(query.get('threshold') ?? 60) }),
  'GET /health': () => ({
    registry: registry.getRegistryHealth(),
    scoring: scoring.getHealth(),
    churn: churn.getHealth(),
    matcher: matcher.getHealth(),
  }),
}

function routeOf(method, path) {
  const [, first, id, ...rest] = path.split('/')
  const isLead = first === 'leads' && id !== undefined
  const pattern = isLead ? ['/leads/:id', ...rest].join('/') : path
  return { answer: routes[`${method} ${pattern}`], id: isLead ? decodeURIComponent(id) : undefined }
}

async function handle(request, response) {
  const { pathname, searchParams: query } = new URL(request.url, 'http://localhost')
  const { answer, id } = routeOf(request.method, pathname)
  if (answer === undefined) throw notFound(`${request.method} ${pathname}`)
  const tenant = request.headers['x-tenant'] ?? 'demo'
  const left = new AbortController()
  response.once('close', () => response.writableEnded || left.abort())
  const body = request.method === 'GET' ? undefined : await readBody(request)
  send(response, 200, await answer({ id, tenant, query, body, signal: left.signal }))
}

async function readBody(request) {
  const chunks = []
  let byteLength = 0
  for await (const chunk of request) {
    byteLength += chunk.length
    if (byteLength > maxBodyByteLength)
      throw Object.assign(new Error(`the body may have ${maxBodyByteLength} bytes`), { status: 413 })
    chunks.push(chunk)
  }
  const body = JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}')
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body
  throw Object.assign(new Error('the body must be a JSON object'), { status: 400 })
}

function notFound(what) {
  return Object.assign(new Error(`there is no ${what}`), { status: 404 })
}

function send(response, status, body) {
  const text = JSON.stringify(body)
  // a connection that is kept would keep the service from ending
  if (!server.listening) response.setHeader('connection', 'close')
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  response.end(text)
}

function plain(error) {
  return isMLError(error) ? error.toJSON() : { message: error.message }
}

function statusOf(error) {
  if (isMLError(error)) return error.httpStatus
  // JSON that is none, a path whose % escapes are broken, or one that is no path
  const isBadRequest = error instanceof SyntaxError || error instanceof URIError || error.code === 'ERR_INVALID_URL'
  return error.status ?? (isBadRequest ? 400 : 500)
}

const server = createServer({ requestTimeout: requestTimeoutMs }, (request, response) => {
  handle(request, response).catch((error) => {
    if (response.destroyed) return
    const status = statusOf(error)
    // the rest of a body that is too long is not read, and so no other request can follow it
    if (status === 413) response.setHeader('connection', 'close')
    send(response, status, {
      error: status === 500 && !isMLError(error) ? { message: 'internal error' } : plain(error),
    })
  })
})

/** `ws://…/events?tenant=demo`: the tenant's score updates as JSON. */
const sockets = new WebSocketServer({ server, path: '/events', maxPayload: 1024 })
sockets.on('connection', (socket, request) => {
  socket.on('error', () => socket.terminate())
  const tenant = new URL(request.url, 'http://localhost').searchParams.get('tenant') ?? 'demo'
  try {
    socket.once(
      'close',
      scoring.subscribe(tenant, (event) => sendTo(socket, event)),
    )
  } catch (error) {
    // an empty tenant, or a service that ends; thrown from here it would end the process
    socket.close(1008, error.code)
  }
})

/** Settles once the event has left, so that one who reads slowly has its bounded queue and not all of our memory. */
function sendTo(socket, event) {
  return new Promise((resolve, reject) => {
    socket.send(JSON.stringify(event), (error) => (error ? reject(error) : resolve()))
  })
}

server.listen(Number(port), '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}`))

/** What is under way is answered, within `drainMs`; nothing new is taken. */
async function stop() {
  const drained = new Promise((resolve) => server.close(resolve))
  for (const socket of sockets.clients) socket.close(1001, 'the service ends')
  const giveUp = setTimeout(() => {
    for (const socket of sockets.clients) socket.terminate()
    server.closeAllConnections()
  }, drainMs)
  await drained
  clearTimeout(giveUp)
  await Promise.all([scoring.close(), churn.close(), matcher.close()])
  await registry.close()
}
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
