// The value of a node's attribute in, the fields of its AttrValue out.

import { bytesField, type Fields, integerField, messageField, textField } from './protobuf-writer.ts'

export type DataType = 'float32' | 'int32'

/** Dimensions; −1 is one that differs from run to run. */
export type Dimensions = readonly number[]

export type Attribute =
  | { readonly kind: 'type'; readonly type: DataType }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'texts'; readonly values: readonly string[] }
  | { readonly kind: 'types'; readonly types: readonly DataType[] }
  | { readonly kind: 'shape'; readonly shape: Dimensions }
  | {
      readonly kind: 'tensor'
      readonly type: DataType
      readonly shape: Dimensions
      readonly values: Float32Array | Int32Array
    }

/** DataType of types.proto. */
export const dataTypeNumbers = { float32: 1, int32: 3 } as const satisfies Record<DataType, number>

/** Field numbers are those of attr_value.proto and tensor.proto (TensorFlow 2.21). */
export function attributeFields(attribute: Attribute): Fields {
  switch (attribute.kind) {
    case 'type':
      return integerField(6, dataTypeNumbers[attribute.type])
    case 'bool':
      return integerField(5, attribute.value ? 1 : 0)
    case 'int':
      return integerField(3, attribute.value)
    case 'texts':
      return messageField(1, ...attribute.values.map((text) => textField(2, text)))
    case 'types':
      return messageField(
        1,
        bytesField(
          6,
          Uint8Array.from(attribute.types, (type) => dataTypeNumbers[type]),
        ),
      )
    case 'shape':
      return messageField(7, ...shapeFields(attribute.shape))
    case 'tensor': {
      const { type, shape, values } = attribute
      const content = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
      const parts = [integerField(1, dataTypeNumbers[type]), messageField(2, ...shapeFields(shape))]
      return messageField(8, ...parts, bytesField(4, content))
    }
    default:
      return attribute satisfies never
  }
}

/** The fields of a TensorShapeProto. */
export function shapeFields(shape: Dimensions): Fields[] {
  return shape.map((size) => messageField(2, integerField(1, size)))
}
