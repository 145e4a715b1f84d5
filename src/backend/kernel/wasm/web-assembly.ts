// The realm's WebAssembly, as far as kernels use it, with types that no DOM library has to bring.

export type WasmMemory = { readonly buffer: ArrayBuffer }

type WasmInstance = { readonly exports: Readonly<Record<string, (...args: number[]) => number>> }

type WebAssemblyApi = {
  /** `initial` in pages of 64 KiB. */
  readonly Memory: new (size: {
    readonly initial: number
    readonly maximum?: number
  }) => WasmMemory
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (
    module: object,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => WasmInstance
  readonly validate: (bytes: Uint8Array) => boolean
}

/** Undefined where the realm has none. */
export function findWebAssembly(): WebAssemblyApi | undefined {
  return (globalThis as { WebAssembly?: WebAssemblyApi }).WebAssembly
}
