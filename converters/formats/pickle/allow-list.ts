// The classes and functions a pickle may name: module and name in, verdict out; allowing means "keep the name", never "run".
type Rule = {
  /** Modules, whole. */
  readonly modules: RegExp
  /** Names in them, whole. */
  readonly names: RegExp
}

const anyName = /^\w+$/
const className = /^_?[A-Z]\w*$/
const unpickler = /^(_new_|_unpickle_|__pyx_unpickle_)\w+$/

// Modules are matched after `toCanonicalModule`.
const rules: readonly Rule[] = [
  { modules: /^sklearn(\.\w+)*$/, names: anyName },
  // Cython losses of scikit-learn 1.1 to 1.5 name their module without its package.
  { modules: /^_loss$/, names: /^(__pyx_unpickle_)?Cy\w+$/ },
  { modules: /^numpy\.core\.multiarray$/, names: /^(_reconstruct|scalar)$/ },
  { modules: /^numpy\.core\.numeric$/, names: /^_frombuffer$/ },
  { modules: /^numpy\.ma(\.core)?$/, names: /^(_mareconstruct|MaskedArray|MaskedConstant)$/ },
  {
    modules: /^numpy(\.matrixlib\.defmatrix|\.core\.(memmap|records))?$/,
    names: /^(dtype|ndarray|matrix|memmap|recarray|record|generic)$/,
  },
  {
    modules: /^numpy(\.core\.\w+)?$/,
    names:
      /^(bool|bool_|u?int(8|16|32|64|p|c)?|int_|uint|float(16|32|64|128)?|float_|u?(byte|short|long|longlong)|half|single|double|longdouble|complex(64|128|256)|str_?|bytes_?|unicode_|string_|object_|void|datetime64|timedelta64|number|integer|floating|nan|inf)$/,
  },
  {
    // Functions that a FunctionTransformer or an aggregation commonly names; all ufuncs, and a few plain functions.
    modules: /^numpy(\.(core|lib)\.\w+)?$/,
    names:
      /^(absolute|abs|fabs|add|subtract|multiply|divide|true_divide|floor_divide|power|float_power|remainder|mod|fmod|negative|positive|reciprocal|sign|sqrt|cbrt|square|exp|exp2|expm1|log|log2|log10|log1p|logaddexp|logaddexp2|sin|cos|tan|arcsin|arccos|arctan|arctan2|hypot|sinh|cosh|tanh|arcsinh|arccosh|arctanh|deg2rad|rad2deg|degrees|radians|floor|ceil|trunc|rint|maximum|minimum|fmax|fmin|heaviside|isfinite|isinf|isnan|logical_(and|or|not|xor)|greater(_equal)?|less(_equal)?|equal|not_equal|nan_to_num|clip|round|around|mean|median|sum|max|min|std|var|ravel|asarray|array|nan(mean|median|max|min|sum|std|var))$/,
  },
  {
    modules: /^numpy\.random(\.\w+)?$/,
    names:
      /^(__(randomstate|generator|bit_generator)_ctor|RandomState|Generator|MT19937|PCG64(DXSM)?|Philox|SFC64|SeedSequence|__pyx_unpickle_SeedSequence)$/,
  },
  { modules: /^scipy\.sparse(\.\w+)?$/, names: /^(csr|csc|coo|bsr|dia|dok|lil)_(matrix|array)$/ },
  { modules: /^scipy\.special(\.\w+)?$/, names: /^(expit|logit|log1p|expm1|boxcox1?p?|inv_boxcox1?p?|erf|ndtri?)$/ },
  // BSpline names the array namespace that it was made with.
  { modules: /^scipy\._lib\.array_api_compat\.numpy(\._aliases)?$/, names: /^asarray$/ },
  // SplineTransformer keeps its splines, randomized searches their distributions.
  { modules: /^scipy\.interpolate(\.\w+)?$/, names: /^(BSpline|interp1d)$/ },
  {
    modules: /^scipy\.stats\._(continuous|discrete)_distns$|^scipy\.stats\._distn_infrastructure$/,
    names: /^(rv_\w+|\w+_gen)$/,
  },
  {
    modules: /^(sklearn\.externals\.)?joblib\.numpy_pickle$/,
    names: /^(NumpyArrayWrapper|NDArrayWrapper|ZNDArrayWrapper)$/,
  },
  { modules: /^copyreg$/, names: /^(_reconstructor|__newobj__|__newobj_ex__)$/ },
  { modules: /^_codecs$/, names: /^encode$/ },
  {
    modules: /^builtins$/,
    names:
      /^(object|slice|range|xrange|set|frozenset|complex|bytearray|bytes|list|dict|tuple|int|long|float|str|unicode|bool)$/,
  },
  // HistGradientBoosting 1.4 and later wraps check_array in one; what it wraps must be on this list itself.
  { modules: /^functools$/, names: /^partial$/ },
  { modules: /^collections$/, names: /^(OrderedDict|defaultdict)$/ },
  { modules: /^datetime$/, names: /^(date|time|datetime|timedelta|timezone)$/ },
  { modules: /^pandas(\.\w+)*$/, names: className },
  { modules: /^pandas\.(core|_libs)(\.\w+)*$/, names: unpickler },
  { modules: /^(xgboost|lightgbm|catboost)(\.\w+)*$/, names: className },
]

/** One spelling for modules that Python 2, numpy 1 and numpy 2 call differently. */
export function toCanonicalModule(module: string): string {
  if (module === '__builtin__') return 'builtins'
  if (module === 'copy_reg') return 'copyreg'
  return module.replace(/^numpy\._core(?=\.|$)/, 'numpy.core')
}

/** True where a pickle may name `module.name`. Dotted names, which walk from a class to others, never are. */
export function isAllowedGlobal(module: string, name: string): boolean {
  const canonical = toCanonicalModule(module)
  return rules.some((rule) => rule.modules.test(canonical) && rule.names.test(name))
}

/** Named only to take a method of an object; `construct` refuses any other use. */
export function isMethodGetter(module: string, name: string): boolean {
  return toCanonicalModule(module) === 'builtins' && name === 'getattr'
}
