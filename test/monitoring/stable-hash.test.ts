import { expect, it } from 'vitest'
import { stableHash } from '../../src/monitoring/stable-hash.ts'

// SMHasher's reference implementation
it.each([
  ['', 0, 0],
  ['', 1, 0x514e28b7],
  ['', 0xffffffff, 0x81f16f39],
  ['a', 0x9747b28c, 0x7fa09ea6],
  ['aa', 0x9747b28c, 0x5d211726],
  ['aaa', 0x9747b28c, 0x283e0130],
  ['aaaa', 0x9747b28c, 0x5a97808a],
  ['Hello, world!', 0x9747b28c, 0x24884cba],
  ['ππππππππ', 0x9747b28c, 0xd58063c1],
])('hashes %j with seed %i as MurmurHash3_x86_32 does', (text, seed, hash) => {
  expect(stableHash(text, seed)).toBe(hash)
})
