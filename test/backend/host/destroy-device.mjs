// Preloaded into a host: the WebGPU device of TensorFlow.js is destroyed, as from outside, when SIGUSR2 comes.
import process from 'node:process'
import { engine } from '@tensorflow/tfjs-core'

process.on('SIGUSR2', () => engine().registry.webgpu.device.destroy())
