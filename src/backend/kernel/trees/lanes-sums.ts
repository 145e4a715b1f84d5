// Positions of leaves in, statements that look their bytes up and add them up, tree after tree, out.

import { sequence } from '../wasm/control.ts'
import type { Statement } from '../wasm/expression.ts'
import type { Local } from '../wasm/local.ts'
import { i32 } from '../wasm/scalar-instructions.ts'
import { f64x2, i16x8, i32x4, i8x16, v128 } from '../wasm/vector-instructions.ts'
import type { Scope, WasmFunction, WasmModule } from '../wasm/wasm-module.ts'
import type { KernelFeatures } from '../kernel-features.ts'
import type { WalkCode } from './lanes-form.ts'

/** Sums of bytes are kept in 16 bits, which hold 257 · 255; and trees come in pairs. */
export const mostTreesAtOnce = 256

export type SumsShape = {
  readonly scope: Scope
  /** Rows in sixteens. */
  readonly groups: number
  /** Bytes that a leaf has, over all its values. */
  readonly planes: number
  /** Tables of 16 leaves that a plane has. */
  readonly tableCount: number
  readonly features: KernelFeatures
}

export type LaneSums = {
  readonly clear: Statement
  /** Adds the leaves of the trees whose tables are at `trees`, and moves these behind them. */
  add(walk: WalkCode, trees: readonly Local<'i32'>[]): Statement
  /** What has come together of one plane and group of rows, for `FlushFunction`. */
  get(plane: number, group: number): readonly [Local<'v128'>, Local<'v128'>]
}

/**
 * Two sums a plane and group: of the bytes as 16-bit words, which wraps around, and of the high bytes of these words;
 * the sum of the low bytes is the first less 256 times the second.
 */
export function createLaneSums({ scope, groups, planes, tableCount, features }: SumsShape): LaneSums {
  const vectors = () => Array.from({ length: planes * groups }, () => scope.local('v128'))
  const [words, highs, found] = [vectors(), vectors(), vectors()]
  const positions = Array.from({ length: groups }, () => scope.local('v128'))
  const table = scope.local('v128')
  // With one table positions are 0 to 15, for which the relaxed instruction is exact; elsewhere what is past 15 must give 0.
  const lookUp = tableCount === 1 && features.relaxedSimd ? i8x16.relaxedSwizzle : i8x16.swizzle
  const zero = i8x16.splat(i32.const(0))
  const addTree = ({ positionIn }: WalkCode, tree: Local<'i32'>, index: number): Statement => {
    const statements: Statement[] = []
    for (let t = 0; t < tableCount; t++) {
      statements.push(...positions.map((position, g) => position.set(positionIn(index, g, t))))
      for (let p = 0; p < planes; p++) {
        statements.push(table.set(v128.load(tree.get, 16 * (p * tableCount + t))))
        positions.forEach((position, g) => {
          const at = p * groups + g
          const value = lookUp(table.get, position.get)
          statements.push(found[at].set(t === 0 ? value : v128.or(found[at].get, value)))
        })
      }
    }
    for (let at = 0; at < found.length; at++) {
      const high = i16x8.shrU(found[at].get, i32.const(8))
      statements.push(words[at].set(i16x8.add(words[at].get, found[at].get)))
      statements.push(highs[at].set(i16x8.add(highs[at].get, high)))
    }
    statements.push(tree.set(i32.add(tree.get, i32.const(16 * planes * tableCount))))
    return sequence(...statements)
  }
  return {
    clear: sequence(...[...words, ...highs].map((sum) => sum.set(zero))),
    add: (walk, trees) => sequence(...trees.map((tree, t) => addTree(walk, tree, t))),
    get: (plane, group) => [words[plane * groups + group], highs[plane * groups + group]],
  }
}

/** (words, highs, weight, address of the sums of 16 rows, float64): adds weight · sum of bytes for each row. */
export type FlushFunction = WasmFunction<readonly ['v128', 'v128', 'f64', 'i32']>

const lowWords = [0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23]
const highWords = lowWords.map((lane) => lane + 8)
const highHalf = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15]

export function emitFlush(module: WasmModule): FlushFunction {
  return module.addFunction({ params: ['v128', 'v128', 'f64', 'i32'] }, ([words, highs, weight, sums], { local }) => {
    const factor = local('v128')
    const [half, quarter] = [local('v128'), local('v128')]
    const statements: Statement[] = [
      factor.set(f64x2.splat(weight.get)),
      words.set(i16x8.sub(words.get, i16x8.shl(highs.get, i32.const(8)))),
    ]
    const addTwo = (row: number, pair: typeof quarter.get): Statement => {
      const product = f64x2.mul(f64x2.convertLowI32x4U(pair), factor.get)
      return v128.store(sums.get, f64x2.add(v128.load(sums.get, row * 8), product), row * 8)
    }
    for (const [row, lanes] of [
      [0, lowWords],
      [8, highWords],
    ] as const) {
      statements.push(half.set(i8x16.shuffle(words.get, highs.get, lanes)))
      for (const [more, extend] of [
        [0, i32x4.extendLowI16x8U],
        [4, i32x4.extendHighI16x8U],
      ] as const) {
        statements.push(quarter.set(extend(half.get)))
        statements.push(addTwo(row + more, quarter.get))
        statements.push(addTwo(row + more + 2, i8x16.shuffle(quarter.get, quarter.get, highHalf)))
      }
    }
    return statements
  })
}
