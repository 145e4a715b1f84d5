// Stored leaves in, graph nodes that give their values [leaves, leafWidth] out; codes of books are looked up, all constant.

import { bookStarts } from '../../src/regions/leaf-books.ts'
import type { StoredTrees } from '../../src/regions/stored-shape.ts'
import type { GraphBuilder } from './graph-builder.ts'

export function addLeafValues(
  builder: GraphBuilder,
  { leaves, leafWidth, books }: Pick<StoredTrees, 'leafWidth' | 'books'> & { readonly leaves: number },
  prefix: string,
): string {
  const name = (part: string) => `${prefix}/${part}`
  if (books === undefined) return name('leaf')
  const places = books.length === 1 ? name('leaf') : addPlaces(builder, books, name)
  const list = builder.reshape(name('leaf-list'), places, [leaves * leafWidth, 1], 'int32')
  const looked = builder.gather(name('leaf-looked-up'), name('leaf-book'), list)
  return builder.reshape(name('leaf-values'), looked, [leaves, leafWidth])
}

/** Codes of a column count from where its own book starts. */
function addPlaces(builder: GraphBuilder, books: readonly number[], name: (part: string) => string): string {
  const starts = builder.integers(bookStarts(books).slice(0, -1))
  return builder.add(name('leaf-places'), 'AddV2', [name('leaf'), starts], { T: { type: 'DT_INT32' } })
}
