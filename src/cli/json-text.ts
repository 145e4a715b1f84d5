// A value in, what `--json` prints of it out: indented JSON and the end of the line.

export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
