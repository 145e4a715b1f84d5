// Nothing in, a function that counts the tensors that live in this realm's TensorFlow.js engine out.

export async function tensorCount(): Promise<() => number> {
  const tf = await import('@tensorflow/tfjs-core')
  return () => tf.memory().numTensors
}
