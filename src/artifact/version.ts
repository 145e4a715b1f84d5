// Version texts such as 2.1.0 or 2.1.0-rc.1, checked and put in order (semver.org 2.0.0, precedence of §11).

const pattern = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?$/

export function isVersion(text: string): boolean {
  return pattern.test(text)
}

/** Negative where `a` is the older one. Texts that are no versions come first, in code point order. */
export function compareVersions(a: string, b: string): number {
  const left = pattern.exec(a)
  const right = pattern.exec(b)
  if (left === null || right === null) {
    if (left !== right) return left === null ? -1 : 1
    return compareText(a, b)
  }
  for (let part = 1; part <= 3; part++) {
    const difference = Number(left[part]) - Number(right[part])
    if (difference !== 0) return difference
  }
  return comparePrerelease(left[4], right[4])
}

function comparePrerelease(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0
  if (a === undefined) return 1
  if (b === undefined) return -1
  const left = a.split('.')
  const right = b.split('.')
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = compareIdentifier(left[i], right[i])
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

function compareIdentifier(a: string, b: string): number {
  const aIsNumber = /^\d+$/.test(a)
  if (aIsNumber !== /^\d+$/.test(b)) return aIsNumber ? -1 : 1
  return aIsNumber ? Number(a) - Number(b) : compareText(a, b)
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
