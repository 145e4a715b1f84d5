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

const registry = await initializeMLRegistry({ modelsDir, watch: true })
const leads = createLeadStore()
const listings = readListings()
const scoring = new RealTimeScoring({ models: registry, leads })
const churn = new ChurnPredictionEngine({ models: registry, leads })
const matcher = new PropertyMatcher({ models: registry, leads })

/** What is asked, by method and path; `id` is the lead of the path. */
const routes = {
  'PUT /leads/:id': async ({ id, tenant, body }) => {
    leads.put(tenant, { ...body, id })
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
  return JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}')
}

function notFound(what) {
  return Object.assign(new Error(`there is no ${what}`), { status: 404 })
}

function send(response, status, body) {
  const text = JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  response.end(text)
}

function plain(error) {
  return isMLError(error) ? error.toJSON() : { message: error.message }
}

function statusOf(error) {
  if (isMLError(error)) return error.httpStatus
  // JSON that is none, or a path whose % escapes are broken
  return error.status ?? (error instanceof SyntaxError || error instanceof URIError ? 400 : 500)
}

const server = createServer((request, response) => {
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
  const tenant = new URL(request.url, 'http://localhost').searchParams.get('tenant') ?? 'demo'
  const unsubscribe = scoring.subscribe(tenant, (event) => socket.send(JSON.stringify(event)))
  socket.once('close', unsubscribe)
  socket.on('error', () => socket.terminate())
})

server.listen(Number(port), '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}`))

async function stop() {
  server.close()
  for (const socket of sockets.clients) socket.close(1001, 'the service ends')
  await Promise.all([scoring.close(), churn.close(), matcher.close()])
  await registry.close()
}
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
