// How small a caller wants the weights: the value of convertModel's option `quantize`.

export const quantizeModes = ['none', 'float16', 'uint8', 'uint16'] as const

/** `none` keeps float32; integers of trees are stored as small as they fit, losslessly, in every mode. */
export type QuantizeMode = (typeof quantizeModes)[number]
