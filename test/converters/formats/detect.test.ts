import { describe, expect, it } from 'vitest'
import { detectFormat } from '../../../converters/formats/detect.ts'

const text = (value: string): Uint8Array => new TextEncoder().encode(value)

describe('detectFormat', () => {
  it.each([
    ['a pickle of protocol 4', Uint8Array.of(0x80, 4, 0x95)],
    ['a pickle of protocol 2', Uint8Array.of(0x80, 2, 0x63)],
    ['a pickle of protocol 0', text('ccopy_reg\n_reconstructor\np0\n')],
    ['a pickle of protocol 0 that names what the reader refuses', text('cposix\nsystem\np0\n')],
    ['the same by INST', text("(S'ls'\nios\nsystem\n.")],
    ['the same by OBJ', text("(cos\nsystem\nS'ls'\no.")],
    ['a list of protocol 0', text('(lp0\n')],
    ['zlib, as joblib compresses', Uint8Array.of(0x78, 0x9c, 0x01)],
    ['gzip', Uint8Array.of(0x1f, 0x8b, 0x08)],
    ['xz, as joblib compresses too', Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0)],
  ])('takes %s for a pickle, whatever the name says', (_, bytes) => {
    expect(detectFormat(bytes, 'model.onnx')).toBe('pickle')
  })

  it.each([
    ['CatBoost binary', text('CBM1xxxx'), 'model.cbm'],
    ["save_model('model.json')", text('binf\0\0\0?'), 'model.model'],
    ['XGBoost dump', text('booster[0]:\n0:[f0<0.5]'), 'dump.txt'],
    ['XGBoost dump', text('[\n  { "nodeid": 0'), 'dump.json'],
    ['XGBoost DMatrix', Uint8Array.of(1, 0xab, 0xff, 0xff), 'train.buffer'],
    ['LightGBM dataset', text('______LightGBM_Binary_File_Token______\n'), 'train.bin'],
    ['LightGBM dump', text('{"name": "tree", "feature_infos": {}, "tree_info": []}'), 'dump.json'],
    ['PMML', text('<?xml version="1.0"?><PMML'), 'model.pmml'],
    ['Keras HDF5', Uint8Array.of(0x89, 0x48, 0x44, 0x46), 'model.h5'],
    ['zip', Uint8Array.of(0x50, 0x4b, 3, 4), 'model.keras'],
    ['Git LFS pointer (git lfs pull', text('version https://git-lfs.github.com/spec/v1\n'), 'model.pkl'],
    ['HTML', text('<!DOCTYPE html><title>404'), 'model.pkl'],
    ['numpy array', Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59), 'coef.npy'],
    ['archive (unpack it first)', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd), 'model.pkl.zst'],
    ['ONNX', Uint8Array.of(8, 7), 'model.onnx'],
  ])('names %s as known and not read', (format, bytes, name) => {
    expect(() => detectFormat(bytes, name)).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', message: expect.stringContaining(format) }),
    )
  })

  it.each([
    ['lightgbm', text('tree\nversion=v4\n')],
    ['lightgbm', text('\ufefftree\nversion=v4\n')],
    ['xgboost-json', text('{"learner":{"attributes":')],
    ['xgboost-json', text('{"version":[3,4,1],"learner"')],
    ['xgboost-json', text('\n { "other": 1, "learner": {}}')],
    ['xgboost-ubjson', Uint8Array.of(0x7b, 0x4c, 0)],
  ])('takes a model of boosted trees for %s by its first bytes', (format, bytes) => {
    expect(detectFormat(bytes, 'model.bin')).toBe(format)
  })

  it.each([
    ['an empty file', new Uint8Array(0)],
    ['text', text('hello')],
    ['text in two lines', text('customers\n(all)\n')],
    ['csv', text('customer_id,churn\n17,yes\n')],
    ['one byte', Uint8Array.of(0x80)],
    ['a byte that begins zlib, alone', Uint8Array.of(0x78)],
  ])('refuses %s as unknown', (_, bytes) => {
    expect(() => detectFormat(bytes, 'model')).toThrow(expect.objectContaining({ code: 'FORMAT_UNKNOWN' }))
  })
})
