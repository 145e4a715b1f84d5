import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readPickle } from '../../../../converters/formats/pickle/read-pickle.ts'
import { PyDict, PyGlobal, PyObject, type PyValue } from '../../../../converters/formats/pickle/values.ts'
import { estimatorTable, supportedEstimators } from '../../../../converters/frontends/sklearn/estimator-table.ts'
import { sklearnToSourceModel } from '../../../../converters/frontends/sklearn/to-source-model.ts'
import { readGoldenCase, readSourceModel } from '../golden-case.ts'
import { slotsOf } from './mutated-document.ts'

const churn = join(import.meta.dirname, '../../../../models/telco_churn/model.joblib')

/** telco_churn with one place changed; the path is the end of a slot's. */
function changedChurn(path: string, value: PyValue): PyValue {
  const document = readPickle(readFileSync(churn))
  const slot = slotsOf(document).find((candidate) => candidate.path.endsWith(path))
  if (slot === undefined) throw new Error(`no place ${path}`)
  slot.set(value)
  return document
}

function attributesOf(document: PyValue): PyDict {
  const dict = document instanceof PyObject ? document.state : undefined
  if (dict instanceof PyDict) return dict
  throw new Error('no attributes')
}

describe('what the errors name', () => {
  it.each<[string, string, PyValue, RegExp]>([
    [
      'the steps that lead to a class, and what is supported',
      'transformers_[0][1].state.steps[1][1]',
      new PyObject('own.scalers', 'OwnScaler', []),
      /^pipeline › columns › numeric › scale › OwnScaler .*class own\.scalers\.OwnScaler is not supported\. Supported are Pipeline, ColumnTransformer, FeatureUnion and \d+ more: npx tfjs-serving supported/,
    ],
    [
      'a parameter and its supported values',
      'transformers_[1][1].state.handle_unknown',
      'guess',
      /^pipeline › columns › text › OneHotEncoder \(scikit-learn 1\.9\.1\): handle_unknown=guess .*Supported are error, ignore/,
    ],
    [
      'a strategy that is a function',
      'transformers_[0][1].state.steps[0][1].state.strategy',
      new PyGlobal('numpy', 'median'),
      /impute › SimpleImputer .*strategy numpy\.median .*Supported are mean, median/,
    ],
    [
      'an initial estimator',
      'state.init_',
      new PyObject('own', 'Model', []),
      /^pipeline › \w+ › init_ › Model .*class own\.Model is not supported/,
    ],
    [
      'a version',
      'state._sklearn_version',
      '0.24.2',
      /scikit-learn 0\.24\.2 is not supported\. Supported are versions 1\.0 to 1\.9/,
    ],
  ])('%s', (_, path, value, message) => {
    expect(() => sklearnToSourceModel(changedChurn(path, value))).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', message: expect.stringMatching(message) }),
    )
  })

  it('an attribute that no fitted estimator has', () => {
    const document = readPickle(readFileSync(churn))
    attributesOf(document).entries.push(['predict_with', 'magic'])
    expect(() => sklearnToSourceModel(document)).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', message: expect.stringContaining('attribute predict_with') }),
    )
  })

  it('the class of another library under the same name', () => {
    const document = new PyObject('mylib.models', 'LogisticRegression', [])
    document.state = attributesOf(readPickle(readFileSync(churn)))
    expect(() => sklearnToSourceModel(document)).toThrow(/class mylib\.models\.LogisticRegression is not supported/)
  })

  it('a dict in place of a model', () => {
    expect(() => sklearnToSourceModel(new PyDict())).toThrow(/The file holds a dict, expected one fitted scikit-learn/)
  })

  it('where in a dict or list the one model is', () => {
    const model = new PyObject('sklearn.linear_model._base', 'LinearRegression')
    const dict = new PyDict()
    dict.entries.push(['columns', ['a', 'b']], ['model', model])
    expect(() => sklearnToSourceModel(dict)).toThrow(/joblib\.dump\(content\["model"\], 'model\.joblib'\)/)
    expect(() => sklearnToSourceModel([1, model])).toThrow(/joblib\.dump\(content\[1\], /)
    expect(() => sklearnToSourceModel([model, model])).toThrow(/best a Pipeline/)
  })

  it('a table of pandas in place of a model', () => {
    const table = new PyObject('pandas', 'DataFrame')
    expect(() => sklearnToSourceModel(table)).toThrow(
      /The file holds an object of class pandas\.DataFrame, expected one/,
    )
  })

  it.each<[string, string, Record<string, PyValue>, RegExp]>([
    [
      'a model that was not fitted',
      'SVC',
      {},
      /SVC .*n_features_in_ is missing: expected a fitted.* Fit it, then save/,
    ],
    ['a search that was not fitted', 'GridSearchCV', {}, /GridSearchCV .*is missing: expected a fitted/],
    ['a search without a refit', 'GridSearchCV', { cv_results_: new PyDict() }, /refit=False .*Search with refit=True/],
  ])('%s', (_, name, attributes, message) => {
    const model = new PyObject('sklearn', name)
    const state = new PyDict()
    state.entries.push(['_sklearn_version', '1.9.1'], ...Object.entries(attributes))
    model.state = state
    expect(() => sklearnToSourceModel(model)).toThrow(message)
  })
})

describe('the schema of telco_churn', () => {
  const { schema, source, head, kind } = readSourceModel(churn)

  it('has the features in training order, with their types and how missing values are taken', () => {
    expect(schema.features).toHaveLength(19)
    const byName = new Map(schema.features.map((feature) => [feature.name, feature]))
    expect(byName.get('account_length')).toEqual({
      name: 'account_length',
      dtype: 'number',
      used: true,
      missing: 'handled',
    })
    expect(byName.get('international_plan')).toEqual({
      name: 'international_plan',
      dtype: 'string',
      used: true,
      missing: 'handled',
      categories: ['no', 'yes'],
      unknown: 'ignored',
    })
  })

  it('says what the model is and what it answers', () => {
    expect({ kind, outputs: schema.outputs, classes: schema.classes }).toEqual({
      kind: 'classifier',
      outputs: ['label', 'probabilities', 'scores'],
      classes: ['no', 'yes'],
    })
    expect(head).toMatchObject({ targets: [{ width: 1, link: 'sigmoid', tie: 'second' }] })
    expect(source).toEqual({
      framework: 'scikit-learn',
      frameworkVersion: '1.9.1',
      estimator: 'Pipeline(ColumnTransformer, GradientBoostingClassifier)',
    })
  })
})

describe('missing values', () => {
  it.each([
    ['1.2/churn_random_forest_classifier', 'handled'],
    ['1.9/decision_tree_classifier_ties', 'handled'],
    ['1.2/decision_tree_classifier_ties', 'error'],
  ])('of %s are %s', (name, missing) => {
    const { features } = readSourceModel(readGoldenCase(name).file).schema
    expect(new Set(features.filter(({ used }) => used).map((feature) => feature.missing))).toEqual(new Set([missing]))
  })
})

describe('supportedEstimators', () => {
  it('lists every class once, with its role and versions', () => {
    const listed = supportedEstimators()
    expect(new Set(listed.map(({ name }) => name)).size).toBe(listed.length)
    expect(listed).toContainEqual({
      name: 'StandardScaler',
      role: 'transformer',
      versions: '1.0 to 1.9',
      notes: 'with or without mean and deviation',
    })
    expect(listed.map(({ name }) => name)).toMatchInlineSnapshot(`
      [
        "Pipeline",
        "ColumnTransformer",
        "FeatureUnion",
        "FunctionTransformer",
        "SimpleImputer",
        "StandardScaler",
        "MinMaxScaler",
        "RobustScaler",
        "OneHotEncoder",
        "OrdinalEncoder",
        "LogisticRegression",
        "LogisticRegressionCV",
        "LinearRegression",
        "Ridge",
        "Lasso",
        "ElasticNet",
        "MLPClassifier",
        "MLPRegressor",
        "DecisionTreeClassifier",
        "ExtraTreeClassifier",
        "DecisionTreeRegressor",
        "ExtraTreeRegressor",
        "RandomForestClassifier",
        "ExtraTreesClassifier",
        "RandomForestRegressor",
        "ExtraTreesRegressor",
        "GradientBoostingClassifier",
        "GradientBoostingRegressor",
        "HistGradientBoostingClassifier",
        "HistGradientBoostingRegressor",
        "XGBClassifier",
        "XGBRFClassifier",
        "XGBRegressor",
        "XGBRFRegressor",
        "XGBRanker",
        "LGBMClassifier",
        "LGBMRegressor",
        "LGBMRanker",
        "MaxAbsScaler",
        "Normalizer",
        "Binarizer",
        "PolynomialFeatures",
        "KBinsDiscretizer",
        "PowerTransformer",
        "QuantileTransformer",
        "SplineTransformer",
        "TargetEncoder",
        "MissingIndicator",
        "IterativeImputer",
        "LabelEncoder",
        "LabelBinarizer",
        "PCA",
        "IncrementalPCA",
        "TruncatedSVD",
        "FactorAnalysis",
        "SparsePCA",
        "MiniBatchSparsePCA",
        "NeighborhoodComponentsAnalysis",
        "GaussianRandomProjection",
        "RandomTreesEmbedding",
        "FastICA",
        "SelectKBest",
        "SelectPercentile",
        "SelectFpr",
        "SelectFdr",
        "SelectFwe",
        "GenericUnivariateSelect",
        "VarianceThreshold",
        "SelectFromModel",
        "RFE",
        "RFECV",
        "SequentialFeatureSelector",
        "RidgeCV",
        "LassoCV",
        "ElasticNetCV",
        "MultiTaskLasso",
        "MultiTaskElasticNet",
        "MultiTaskLassoCV",
        "MultiTaskElasticNetCV",
        "Lars",
        "LarsCV",
        "LassoLars",
        "LassoLarsCV",
        "LassoLarsIC",
        "OrthogonalMatchingPursuit",
        "OrthogonalMatchingPursuitCV",
        "BayesianRidge",
        "ARDRegression",
        "HuberRegressor",
        "QuantileRegressor",
        "TheilSenRegressor",
        "SGDRegressor",
        "PassiveAggressiveRegressor",
        "LinearSVR",
        "PoissonRegressor",
        "GammaRegressor",
        "TweedieRegressor",
        "RANSACRegressor",
        "LinearSVC",
        "Perceptron",
        "PassiveAggressiveClassifier",
        "SGDClassifier",
        "RidgeClassifier",
        "RidgeClassifierCV",
        "SGDOneClassSVM",
        "SVC",
        "NuSVC",
        "SVR",
        "NuSVR",
        "OneClassSVM",
        "PLSRegression",
        "PLSCanonical",
        "CCA",
        "PLSSVD",
        "KNeighborsClassifier",
        "KNeighborsRegressor",
        "RadiusNeighborsClassifier",
        "RadiusNeighborsRegressor",
        "KNNImputer",
        "LocalOutlierFactor",
        "NearestCentroid",
        "GaussianNB",
        "MultinomialNB",
        "ComplementNB",
        "BernoulliNB",
        "CategoricalNB",
        "LinearDiscriminantAnalysis",
        "QuadraticDiscriminantAnalysis",
        "KMeans",
        "MiniBatchKMeans",
        "BisectingKMeans",
        "MeanShift",
        "AffinityPropagation",
        "Birch",
        "GaussianMixture",
        "BayesianGaussianMixture",
        "GaussianProcessRegressor",
        "GaussianProcessClassifier",
        "KernelRidge",
        "KernelPCA",
        "Nystroem",
        "RBFSampler",
        "SkewedChi2Sampler",
        "AdditiveChi2Sampler",
        "VotingClassifier",
        "VotingRegressor",
        "StackingClassifier",
        "StackingRegressor",
        "CalibratedClassifierCV",
        "IsotonicRegression",
        "GridSearchCV",
        "RandomizedSearchCV",
        "HalvingGridSearchCV",
        "HalvingRandomSearchCV",
        "FrozenEstimator",
        "SelfTrainingClassifier",
        "FixedThresholdClassifier",
        "TunedThresholdClassifierCV",
        "AdaBoostClassifier",
        "AdaBoostRegressor",
        "BaggingClassifier",
        "BaggingRegressor",
        "ClassifierChain",
        "RegressorChain",
        "DummyClassifier",
        "DummyRegressor",
        "IsolationForest",
        "MultiOutputClassifier",
        "MultiOutputRegressor",
        "OneVsOneClassifier",
        "OutputCodeClassifier",
        "OneVsRestClassifier",
        "TransformedTargetRegressor",
        "CountVectorizer",
        "TfidfVectorizer",
        "TfidfTransformer",
        "HashingVectorizer",
        "DictVectorizer",
        "FeatureHasher",
      ]
    `)
  })

  it('never reads what it says it ignores', () => {
    for (const { names, reads, ignored } of estimatorTable) {
      expect(
        reads.filter((name) => name in ignored),
        names[0],
      ).toEqual([])
    }
  })
})
