// Redis' or the network's own words for a failure in; what to do about it out, where it is known.

export type RedisRemedyOptions = {
  /** Of the access list that applies. */
  readonly user: string
  /** Pattern of our keys. */
  readonly keys: string
}

const inCluster =
  'redisUrl names a node of a cluster, which knows some of the keys only: name a Redis that is no cluster, or give a Keyv of your own on a cluster client'

/** First match wins; sources: redis 7.0 src/server.c and acl.c, Node's system errors, OpenSSL. */
const remedies: readonly (readonly [RegExp, string | ((options: RedisRemedyOptions) => string)])[] = [
  [/^NOPERM/, ({ user, keys }) => `allow it: ACL SETUSER ${user} ${keys} +get +mget +set +ping`],
  [/^WRONGPASS|invalid password|^ERR AUTH/i, 'put the user and password that Redis has now into redisUrl'],
  [/^NOAUTH/, 'put a user and password into redisUrl: redis://user:password@host:port'],
  [
    /^OOM/,
    'raise maxmemory, or let Redis give up old answers: CONFIG SET maxmemory-policy allkeys-lru; what it holds is still given',
  ],
  [/^READONLY/, 'redisUrl names a replica: name its primary; what it holds is still given'],
  [/^MASTERDOWN/, 'redisUrl names a replica that lost its primary: name the primary'],
  [/^DENIED/, 'Redis takes local connections only: give it a password, or set its bind and protected-mode'],
  [/^LOADING/, 'Redis still loads its data: nothing to do but wait'],
  [/^(MOVED|ASK|CLUSTERDOWN|CROSSSLOT|TRYAGAIN)/, inCluster],
  [/^BUSY /, 'a script holds Redis up: SCRIPT KILL ends it'],
  [/^MISCONF/, 'Redis cannot save to its disk and takes no writes: its own log says why'],
  [/max number of clients/i, 'Redis has as many connections as it may: raise its maxclients, or close others'],
  [/unknown command/i, 'the cache needs the commands GET, MGET, SET and PING'],
  [/^ERR DB index|^ERR SELECT/i, 'redisUrl ends in the number of a database that is not there'],
  [
    /no reply within|Socket timeout/,
    'Redis is frozen, overloaded or too far away for a cache: SLOWLOG GET and LATENCY DOCTOR say more',
  ],
  [/ECONNREFUSED/, 'nothing listens there: start Redis, or correct host and port in redisUrl'],
  [/ENOTFOUND|EAI_AGAIN/, 'no such host is known: correct the host in redisUrl'],
  [
    /ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|Connection timeout/i,
    'nobody answers there: correct host and port in redisUrl, or open the network to it',
  ],
  [/certificate/i, 'have Node trust the certificate of Redis: NODE_EXTRA_CA_CERTS names a file of authorities'],
  [
    /wrong version number|not speak|EPROTO/i,
    'is host and port in redisUrl a Redis, and rediss:// for TLS, redis:// without?',
  ],
]

/** In one sentence; undefined for words that are not known. */
export function createRedisRemedy(options: RedisRemedyOptions): (words: string) => string | undefined {
  return (words) => {
    const remedy = remedies.find(([pattern]) => pattern.test(words))?.[1]
    return typeof remedy === 'function' ? remedy(options) : remedy
  }
}
