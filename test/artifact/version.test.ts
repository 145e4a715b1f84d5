import { describe, expect, it } from 'vitest'
import { compareVersions, isVersion } from '../../src/artifact/version.ts'

describe('compareVersions', () => {
  it('orders versions by precedence, not as text', () => {
    const ordered = [
      'latest',
      '0.9.10',
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0',
      '1.2.0',
      '1.10.0',
      '10.0.0',
    ]
    expect([...ordered].reverse().sort(compareVersions)).toEqual(ordered)
  })

  it('treats build metadata as equal', () => {
    expect(compareVersions('1.0.0+a', '1.0.0+b')).toBe(0)
  })
})

describe('isVersion', () => {
  it.each(['1.0.0', '2.1.0-rc.1', '0.0.1+build.5'])('takes %s', (text) => expect(isVersion(text)).toBe(true))
  it.each(['1', '1.0', 'v1.0.0', '1.0.0/..', '', '1.0.0-', ' 1.0.0'])('refuses %j', (text) =>
    expect(isVersion(text)).toBe(false),
  )
})
