// Reasons, each with the names of attributes that it holds for, in; what a spec's `ignored` takes out.

/** @example attributeReasons({ 'training only': 'tol max_iter', 'speed only': 'n_jobs' }) */
export function attributeReasons(namesByReason: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(namesByReason).flatMap(([reason, names]) => names.split(' ').map((name) => [name, reason])),
  )
}
