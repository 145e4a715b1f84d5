import { describe, expect, it } from 'vitest'
import { createRedisRemedy } from '../../src/cache/redis-remedies.ts'

const remedyFor = createRedisRemedy({ user: 'cacher', keys: '~ours::*' })

describe('createRedisRemedy', () => {
  // words as redis 7.0.15, Node 20 and OpenSSL say them
  it.each([
    [
      "NOPERM this user has no permissions to run the 'mget' command",
      'ACL SETUSER cacher ~ours::* +get +mget +set +ping',
    ],
    ['NOPERM this user has no permissions to access one of the keys used as arguments', '~ours::*'],
    ['WRONGPASS invalid username-password pair or user is disabled.', 'redisUrl'],
    ['NOAUTH Authentication required.', 'redis://user:password@host:port'],
    [
      'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
      'redisUrl',
    ],
    ["OOM command not allowed when used memory > 'maxmemory'.", 'maxmemory-policy allkeys-lru'],
    ["READONLY You can't write against a read only replica.", 'primary'],
    ["MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", 'primary'],
    ['LOADING Redis is loading the dataset in memory', 'wait'],
    ['MOVED 3999 127.0.0.1:6381', 'cluster'],
    ["CROSSSLOT Keys in request don't hash to the same slot", 'cluster'],
    ['CLUSTERDOWN Hash slot not served', 'cluster'],
    ['BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.', 'SCRIPT KILL'],
    ['MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist to disk.', 'disk'],
    ['ERR max number of clients reached', 'maxclients'],
    [
      'DENIED Redis is running in protected mode because protected mode is enabled and no password is set',
      'protected-mode',
    ],
    ["ERR unknown command 'MGET', with args beginning with: 'a' ", 'GET, MGET, SET and PING'],
    ['ERR DB index is out of range', 'database'],
    ['the cache gave no reply within 50 ms', 'SLOWLOG GET'],
    ['connect ECONNREFUSED 127.0.0.1:6379', 'start Redis'],
    ['getaddrinfo ENOTFOUND redis.example', 'host'],
    ['Connection timeout', 'network'],
    ['self-signed certificate in certificate chain', 'NODE_EXTRA_CA_CERTS'],
    ['C0:error:0A00010B:SSL routines:ssl3_get_record:wrong version number', 'rediss://'],
    ['what answers does not speak Redis\' protocol: Unknown RESP type 72 "H"', 'is host and port in redisUrl a Redis'],
  ])('knows what to do about: %s', (words, remedy) => {
    expect(remedyFor(words)).toContain(remedy)
  })

  it('invents nothing for words that it does not know', () => {
    expect(remedyFor('ERR wrong number of arguments')).toBeUndefined()
    expect(remedyFor('')).toBeUndefined()
  })
})
