import type { LogLevel } from '../options/resolved-options.js';
import type { LogRecord } from '../runtime/protocol.js';

const RANKS: Record<LogLevel | LogRecord['level'], number> = {
  debug: 0,
  info: 1,
  warn: 2,
  warning: 2,
  error: 3,
  critical: 4,
};

/** Whether something of this level is written when `least` was asked for. */
export function isLevelShown(level: LogRecord['level'], least: LogLevel): boolean {
  return RANKS[level] >= RANKS[least];
}
