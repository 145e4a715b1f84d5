// The text of service.json before and after a promotion or a staging: what changes, and that nothing else does.
import { describe, expect, it } from 'vitest'
import {
  productionOf,
  readServiceFile,
  withoutHighest,
  withProduction,
  withStaging,
} from '../../../src/training/store/service-file.ts'

const file = (content: unknown) => readServiceFile(JSON.stringify(content), 'tiny')
const lines = (...parts: string[]): string => `${parts.join('\n')}\n`

describe('the edited text', () => {
  it('keeps keys, their order and their values, indented by two', () => {
    const before = {
      latencyTargetMs: 20,
      active: 'stable',
      traffic: { stable: 1 },
      aliases: { stable: '1.0.0' },
      name: 'tiny',
    }
    expect(withProduction(file(before), '2.0.0', 'tiny')).toBe(
      lines(
        '{',
        '  "latencyTargetMs": 20,',
        '  "active": "production",',
        '  "traffic": {',
        '    "stable": 1',
        '  },',
        '  "aliases": {',
        '    "stable": "1.0.0",',
        '    "production": "2.0.0"',
        '  },',
        '  "name": "tiny"',
        '}',
      ),
    )
  })

  it('is a whole service.json where there was none', () => {
    const none = readServiceFile(undefined, 'tiny')
    expect(JSON.parse(withoutHighest(none, undefined, 'tiny'))).toEqual({ name: 'tiny', active: 'production' })
    expect(JSON.parse(withStaging(none, '1.0.0', 'tiny'))).toEqual({ name: 'tiny', aliases: { staging: '1.0.0' } })
  })

  it('names what is served for being the highest version, and takes out an alias that would name another', () => {
    const stale = file({ aliases: { production: '9.0.0' } })
    expect(JSON.parse(withoutHighest(stale, '1.0.0', 'tiny'))).toMatchObject({ aliases: { production: '1.0.0' } })
    expect(JSON.parse(withoutHighest(stale, undefined, 'tiny'))).toEqual({ aliases: {}, active: 'production' })
  })

  it('is the same where it is edited twice', () => {
    const once = withProduction(file({ aliases: { staging: '2.0.0' } }), '2.0.0', 'tiny')
    expect(withProduction(readServiceFile(once, 'tiny'), '2.0.0', 'tiny')).toBe(once)
  })
})

describe('production', () => {
  it.each<[string, object, string | undefined]>([
    ['is nothing where active is not said', { aliases: { production: '1.0.0' } }, undefined],
    ['is nothing before the first promotion', { active: 'production' }, undefined],
    ['is what the alias names', { active: 'production', aliases: { production: '1.0.0' } }, '1.0.0'],
    ['is what another active alias names', { active: 'stable', aliases: { stable: '1.0.0' } }, '1.0.0'],
    ['is a version that is active itself', { active: '1.0.0', aliases: { production: '2.0.0' } }, '1.0.0'],
  ])('%s', (_, config, production) => {
    expect(productionOf(config)).toBe(production)
  })
})

it.each<[string, string, RegExp]>([
  ['text that is no JSON', '{', /tiny\/service\.json is not JSON/],
  ['a key that does not exist', '{"actve":"production"}', /actve: there is no such key/],
  ['the name of another model', '{"name":"large"}', /names the model large; expected tiny/],
])('refuses %s', (_, text, message) => {
  expect(() => readServiceFile(text, 'tiny')).toThrow(message)
})
