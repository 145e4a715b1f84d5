// The folder of an artifact in; its files, metadata, regions and the encoder of its graph inputs out.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const load = (path) => import(new URL(`../../dist/src/${path}`, import.meta.url).href)

export async function readRegions(folder) {
  const [{ readArtifact }, { decodeWeights }, { restoreRegions }, { createEncoder }, { sha256Hex }] = await Promise.all(
    [
      load('artifact/read-artifact.js'),
      load('artifact/decode-tensor.js'),
      load('regions/store.js'),
      load('rows/encode.js'),
      load('artifact/sha256.js'),
    ],
  )
  const files = Object.fromEntries(
    readdirSync(folder).map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))]),
  )
  const artifact = readArtifact(files, { hash: sha256Hex })
  const { metadata } = artifact
  const graph = restoreRegions(metadata.regions, decodeWeights(artifact))
  return { files, metadata, graph, encoder: createEncoder(graph, metadata.inputs), target: targetOf(metadata.head) }
}

/** Trees or the one dense chain that gives the raw columns; undefined where another region does. */
export function lastRegion(graph) {
  const region = graph.regions[graph.output[0].region]
  return graph.output.every(({ region: index }) => graph.regions[index] === region) ? region : undefined
}

/** Which raw feature a column of a region is; undefined where something lies between. */
export function rawFeature({ region, column }) {
  return region === 0 ? column : undefined
}

function targetOf(head) {
  return head.kind === 'classifier' && head.targets.length === 1 ? head.targets[0] : undefined
}
