// Which versions of scikit-learn files may be of.

/** First and last minor version of scikit-learn that specs are written for. */
export const supportedVersions = { first: [1, 0], last: [1, 9], text: '1.0 to 1.9' } as const
