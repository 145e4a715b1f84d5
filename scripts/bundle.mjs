// What tsc has built in; dist/index.js out: all modules that importing the package loads at once in one file, since Node takes its time to find and link each file (`node bench/cold.mjs`).
// node scripts/bundle.mjs

import { dirname, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const dist = fileURLToPath(new URL('../dist/', import.meta.url))

/** The converters throw the same errors, and users compare classes. */
const shared = resolve(dist, 'src/errors.js')

await build({
  entryPoints: [resolve(dist, 'src/index.js')],
  outfile: resolve(dist, 'index.js'),
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  packages: 'external',
  legalComments: 'none',
  plugins: [{ name: 'stay-where-they-are', setup }],
})

/** What is imported on demand stays a file of its own, where it finds its neighbours, hosts and add-ons. */
function setup({ onResolve }) {
  onResolve({ filter: /^\./ }, ({ path, importer, kind }) => {
    const file = resolve(dirname(importer), path)
    if (kind !== 'dynamic-import' && file !== shared) return undefined
    return { path: `./${relative(dist, file).replaceAll('\\', '/')}`, external: true }
  })
}
