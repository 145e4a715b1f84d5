// What a library threw in, whether it had no memory out.

/** How the libraries under TensorFlow.js say it; all but Node's own texts come as plain errors without a code. */
const texts: readonly RegExp[] = [
  // V8, for a typed array that finds no room
  /Array buffer allocation failed|Invalid typed array length/i,
  // emscripten, for its heap
  /Cannot enlarge memory/i,
  // WebGPU's out-of-memory scope, and CUDA_ERROR_OUT_OF_MEMORY: out of memory
  /\bout[ _]of[ _]memory\b/i,
  // tfjs-node puts TensorFlow's status before its message; 8 is RESOURCE_EXHAUSTED, whatever the message says
  /Invalid TF_Status: 8\b/,
  // TensorFlow's allocators: `OOM when allocating tensor with shape[…]` with, `failed to allocate memory` without a shape
  /\bOOM when allocating\b|\bfailed to allocate memory\b/i,
  // TensorFlow, where a copy to a card finds no room there (tensorflow issue 7025); its status is INTERNAL
  /Dst tensor is not initialized/,
]

export function isOutOfMemory(cause: unknown): boolean {
  return cause instanceof Error && texts.some((text) => text.test(cause.message))
}
