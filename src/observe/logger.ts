// Where the library would log: a port with pino's call shape, silent unless the user gives one.

/** A pino logger fits as it is. */
export interface Logger {
  debug(facts: object, message: string): void
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

function ignore(): void {}

export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }

/**
 * The user's logger, which may throw, as one whose file is closed does at shutdown: a line is lost then, and never an
 * answer.
 */
export function guardedLogger(logger: Logger): Logger {
  if (logger === silentLogger) return logger
  const guarded =
    (level: keyof Logger) =>
    (facts: object, message: string): void => {
      try {
        logger[level](facts, message)
      } catch {
        // there is nobody left to tell
      }
    }
  return { debug: guarded('debug'), info: guarded('info'), warn: guarded('warn'), error: guarded('error') }
}
