// Numbers as people read them.
import { expect, test } from 'vitest'
import { bytesText, countText, errorText, millisecondsText, percentText } from '../../src/cli/number-text.ts'

test.each([
  [countText(1234567), '1,234,567'],
  [bytesText(512), '512 B'],
  [errorText(0), '0'],
  [errorText(0.0123), '0.0123'],
  [errorText(0.0000298), '3.0e-5'],
  [errorText(Infinity), 'Infinity'],
  [millisecondsText(0.1234), '123 µs'],
  [millisecondsText(0.9999), '1.00 ms'],
  [millisecondsText(12.34), '12.3 ms'],
  [millisecondsText(1441.4), '1,441 ms'],
  [percentText(0.9553), '95.5 %'],
])('%s is %s', (text, expected) => expect(text).toBe(expected))
