import { formatPlace, formatStopCause } from '../../reporters/format/format-run-lines.js';
import type { LogRecord, RunEvent } from '../../runtime/protocol.js';
import type { Notice } from './http-interface.js';

const MAX_MESSAGE = 2_000;

/** What of a run's event a person is told at once; most are numbers, which come with the second. */
export function toNotice(run: number, event: RunEvent): Notice | undefined {
  switch (event.type) {
    case 'log':
      return { run, kind: 'log', level: levelOf(event.record), message: event.record.message.slice(0, MAX_MESSAGE) };
    case 'warning':
      return { run, kind: 'warning', level: 'warn', message: `${event.code} ${event.message}` };
    case 'worker-silent':
      return {
        run,
        kind: 'silent',
        level: 'warn',
        message: `worker ${event.share} has been silent for ${event.seconds} s${formatPlace(event)}`,
      };
    case 'worker-lost':
      return {
        run,
        kind: 'lost',
        level: 'error',
        message: `worker ${event.share} was lost${formatPlace(event)}: ${event.reason}`,
      };
    case 'statistics-reset':
      return { run, kind: 'reset', level: 'info', message: `statistics begin anew at second ${event.firstInterval}` };
    case 'run-stopping':
      return { run, kind: 'stopping', level: 'info', message: formatStopCause(event.cause) };
    default:
      return undefined;
  }
}

function levelOf({ level }: LogRecord): Notice['level'] {
  return level === 'warn' || level === 'error' ? level : 'info';
}
