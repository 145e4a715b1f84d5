// One node of schema.json in; its fields, checked, and the node's own place for errors, out.

import type { MLError } from '../../../src/errors.ts'
import { skopsCorrupt } from './skops-error.ts'

/** A value of schema.json, as JSON.parse gives it. */
export class SchemaNode {
  readonly path: string
  readonly #fields: ReadonlyMap<string, unknown>

  constructor(value: unknown, path: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw skopsCorrupt(path, 'a node is expected where something else is')
    this.path = path
    this.#fields = new Map(Object.entries(value))
  }

  field(name: string): unknown {
    return this.#fields.get(name)
  }

  text(name: string): string {
    const value = this.#fields.get(name)
    if (typeof value === 'string') return value
    throw this.corrupt(`${name} is no text`)
  }

  list(name: string): readonly unknown[] {
    const value = this.#fields.get(name)
    if (Array.isArray(value)) return value as readonly unknown[]
    throw this.corrupt(`${name} is no list`)
  }

  /** Fields of the record `name`. */
  entries(name: string): readonly (readonly [string, unknown])[] {
    const value = this.#fields.get(name)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.entries(value)
    throw this.corrupt(`${name} is no record`)
  }

  node(name: string): SchemaNode {
    return new SchemaNode(this.#fields.get(name), this.within(name))
  }

  /** A node of the record `content`. */
  part(name: string): SchemaNode {
    return new SchemaNode(new Map(this.entries('content')).get(name), this.within(name))
  }

  within(name: string): string {
    return this.path === '' ? name.slice(0, 60) : `${this.path}.${name.slice(0, 60)}`
  }

  corrupt(what: string): MLError {
    return skopsCorrupt(this.path === '' ? 'schema.json' : this.path, what)
  }
}
