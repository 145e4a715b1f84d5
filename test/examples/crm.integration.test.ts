// The CRM example as its users run it: a process, HTTP and WebSocket, from a lead's first event to SIGTERM.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'

const root = fileURLToPath(new URL('../../', import.meta.url))
let service: ChildProcess
let origin: string

beforeAll(async () => {
  service = spawn(process.execPath, ['examples/crm/server.mjs', 'models', '0'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (service.stdout === null) throw new Error('the service has no stdout')
  for await (const line of createInterface({ input: service.stdout })) {
    origin = /http:\/\/\S+/.exec(line)?.[0] ?? ''
    break
  }
})
afterAll(() => {
  service.kill('SIGKILL')
})

type Json = Readonly<Record<string, never>>

async function ask(
  method: string,
  path: string,
  body?: unknown,
  tenant = 'acme',
): Promise<{ status: number; body: Json }> {
  const response = await fetch(`${origin}${path}`, {
    method,
    headers: { 'x-tenant': tenant },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Json }
}

const told = { budget: 400_000, location: 'Ames', timeline: 'soon', financing: 'approved', motivation: 'a new job' }
const preferences = {
  maxPrice: 250_000,
  locations: ['Ames'],
  minBedrooms: 3,
  propertyTypes: ['Single Family'],
  urgency: 0.8,
}

async function putLeads(): Promise<void> {
  await ask('PUT', '/leads/told', { answers: told, preferences })
  await ask('PUT', '/leads/silent', { preferences: {} })
  await ask('PUT', '/leads/other', {})
}

async function nextMessage(socket: WebSocket): Promise<Json> {
  const [data] = (await once(socket, 'message')) as [Buffer]
  return JSON.parse(data.toString('utf8')) as Json
}

test('scores a lead by the model as it acts, and tells its tenant alone', async () => {
  await putLeads()
  const mine = new WebSocket(`${origin.replace('http', 'ws')}/events?tenant=acme`)
  const theirs = new WebSocket(`${origin.replace('http', 'ws')}/events?tenant=rival`)
  await Promise.all([once(mine, 'open'), once(theirs, 'open')])
  let strayCount = 0
  theirs.on('message', () => strayCount++)
  const update = nextMessage(mine)
  const { status, body } = await ask('POST', '/leads/told/events', { kind: 'property_view', listingId: 'ames-1' })
  expect(status).toBe(200)
  expect(body).toMatchObject({ leadId: 'told', provenance: { model: 'lead_scorer_v2', source: 'model' } })
  expect(await update).toMatchObject({ type: 'score_update', leadId: 'told', score: body['score'] })
  mine.close()
  theirs.close()
  expect(strayCount).toBe(0)
})

test('gives a lead that told more a higher score, and says what made it', async () => {
  await putLeads()
  const one = await ask('GET', '/leads/told/score?factors=1')
  const other = await ask('GET', '/leads/silent/score')
  expect(Number(one.body['score'])).toBeGreaterThan(Number(other.body['score']))
  const { by, top } = one.body['factors'] as { by: string; top: { feature: string; contribution: number }[] }
  expect(by).toBe('shapley')
  expect(top.length).toBeGreaterThan(2)
})

test('answers the leads of a batch that it knows, and names the others', async () => {
  await putLeads()
  const { body } = await ask('POST', '/scores', { leadIds: ['told', 'nobody', 'silent', 'nowhere', 'other'] })
  expect(body['results']).toHaveLength(3)
  expect((body['errors'] as { leadId: string }[]).map(({ leadId }) => leadId)).toEqual(['nobody', 'nowhere'])
})

test('ranks real listings for a lead', async () => {
  await putLeads()
  const { status, body } = await ask('GET', '/leads/told/matches?limit=3')
  expect(status).toBe(200)
  const matches = body['matches'] as { listingId: string; score: number; reasons: string[] }[]
  expect(matches).toHaveLength(3)
  expect(matches.every(({ listingId }) => listingId.startsWith('ames-'))).toBe(true)
})

test('tells who may leave, sooner and later', async () => {
  await putLeads()
  const { body } = await ask('GET', '/leads/silent/churn')
  const risks = body['risks'] as Record<string, number>
  expect(Number(risks[7])).toBeLessThanOrEqual(Number(risks[14]))
  expect(Number(risks[14])).toBeLessThanOrEqual(Number(risks[30]))
  expect((await ask('GET', '/churn/high-risk?threshold=0')).status).toBe(200)
})

test('does not know a lead of another tenant', async () => {
  await putLeads()
  expect((await ask('GET', '/leads/told/score', undefined, 'rival')).status).toBe(400)
})

test.each([
  ['no such path', 'GET', '/nothing', undefined, 404],
  ['an event of no lead', 'POST', '/leads/nobody/events', { kind: 'property_view' }, 404],
  ['an event of no kind', 'POST', '/leads/told/events', { kind: 'teleport' }, 400],
  ['a limit that is none', 'GET', '/leads/told/matches?limit=x', undefined, 400],
  ['a body that is null', 'POST', '/scores', null, 400],
  ['a body that is a list', 'PUT', '/leads/new', [], 400],
  ['a lead whose answers are a number', 'PUT', '/leads/new', { answers: 5 }, 400],
  ['a lead with a wish that cannot be', 'PUT', '/leads/new', { preferences: { maxPrice: 'low' } }, 400],
  ['a lead without an id', 'PUT', '/leads/', {}, 400],
  ['a path that is none', 'GET', '//', undefined, 400],
])('refuses %s', async (_, method, path, body, status) => {
  await putLeads()
  expect((await ask(method, path, body)).status).toBe(status)
})

test('outlives a socket whose tenant is empty, which it closes', async () => {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/events?tenant=`)
  const [code] = (await once(socket, 'close')) as [number]
  expect(code).toBe(1008)
  expect((await ask('GET', '/health')).status).toBe(200)
})

test('keeps no more for a socket that never reads than its queue holds', { timeout: 60_000 }, async () => {
  const { hostname, port } = new URL(origin)
  const deaf = connect(Number(port), hostname).pause()
  deaf.write(
    'GET /events?tenant=deaf HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  )
  const events = async () => {
    const { scoring } = (await ask('GET', '/health')).body as unknown as {
      scoring: { events: Record<'subscribers' | 'delivered' | 'dropped', number> }
    }
    return scoring.events
  }
  while ((await events()).subscribers === 0);
  // 8 kB an event: some 10 MB fill the buffers of both ends, and then 1,000 wait
  const loud = `/leads/${'l'.repeat(8000)}`
  await ask('PUT', loud, {}, 'deaf')
  let dropped = 0
  for (let round = 0; round < 100 && dropped === 0; round++) {
    // each view is of another listing, so that no score is remembered and each makes an event
    const views = Array.from({ length: 100 }, (_, i) => ({ kind: 'property_view', listingId: `${round}-${i}` }))
    await Promise.all(views.map((view) => ask('POST', `${loud}/events`, view, 'deaf')))
    dropped = (await events()).dropped
  }
  deaf.destroy()
  expect(dropped).toBeGreaterThan(0)
})

test('is healthy, and ends by itself when told to, once it has answered what it had begun', async () => {
  const { body } = await ask('GET', '/health')
  const { models } = body['registry'] as { models: Record<string, { status: string }> }
  const statuses = Object.entries(models).filter(([name]) => /_v\d$/.test(name))
  expect(statuses.map(([, { status }]) => status)).toEqual(Array(5).fill('healthy'))
  const late = request(`${origin}/scores`, { method: 'POST', headers: { 'x-tenant': 'acme' } })
  late.write('{ "leadIds": ["told"')
  const listener = new WebSocket(`${origin.replace('http', 'ws')}/events?tenant=acme`)
  await once(listener, 'open')
  const [ended, closed, answered] = [once(service, 'exit'), once(listener, 'close'), once(late, 'response')]
  service.kill('SIGTERM')
  expect((await closed)[0]).toBe(1001)
  late.end('] }')
  expect(((await answered)[0] as IncomingMessage).statusCode).toBe(200)
  expect((await ended)[0]).toBe(0)
})
