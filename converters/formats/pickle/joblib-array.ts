// A joblib array wrapper in, the numpy array out, whose raw bytes follow the wrapper in the same stream.
import { decodeArray } from './array-decoding.ts'
import { elementCountOf, toDtype, toShape } from './dtype.ts'
import type { PickleSource } from './pickle-source.ts'
import { NdArray, PyDict, type PyObject, type PyValue } from './values.ts'

/** Wrapper attributes: subclass, shape, order, dtype, allow_mmap, numpy_array_alignment_bytes. */
const wrapperAttributeLimit = 16

/** True for the record that joblib 0.10 and later put in place of an array, also from scikit-learn's old copy of it. */
export function isJoblibArray(object: PyObject): boolean {
  return object.name === 'NumpyArrayWrapper' && object.module.endsWith('joblib.numpy_pickle')
}

/** True for the record of older joblib, whose arrays lie in files of their own. */
export function isJoblibSideFile(object: PyObject): boolean {
  return /^Z?NDArrayWrapper$/.test(object.name) && object.module.endsWith('joblib.numpy_pickle')
}

/** joblib/numpy_pickle.py, NumpyArrayWrapper.read_array; `readNested` reads the pickle that holds an object array. */
export function readJoblibArray(state: PyValue, source: PickleSource, readNested: () => PyValue): NdArray {
  if (!(state instanceof PyDict) || state.entries.length > wrapperAttributeLimit) {
    throw source.corrupt('a joblib array has no attributes')
  }
  const dtype = toDtype(state.get('dtype'), source)
  const shape = toShape(state.get('shape'), source)
  if (dtype.hasObjects) {
    const array = readNested()
    if (array instanceof NdArray) return array
    throw source.corrupt('the nested pickle of a joblib array holds no array')
  }
  // Files of joblib 1.1 and older have no such attribute and no padding; a stream that cannot tell has None.
  if (state.get('numpy_array_alignment_bytes') != null) source.takeBytes(source.takeUint8())
  const bytes = source.takeBytes(elementCountOf(shape) * dtype.itemByteLength)
  return decodeArray({ dtype, shape, isFortran: state.get('order') === 'F' }, bytes, source)
}
