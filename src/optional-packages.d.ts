// Packages that a user may or may not have installed: what they give is checked where they are imported.

declare module 'webgpu' {
  const exports: unknown
  export = exports
}

declare module '@tensorflow/tfjs-backend-webgpu' {
  const exports: unknown
  export = exports
}

declare module '@opentelemetry/api' {
  const exports: unknown
  export = exports
}
