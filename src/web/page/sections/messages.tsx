import type { PageData } from '../../page-data.js';
import { Log } from '../parts/log.js';
import { PlainText } from '../parts/plain-text.js';
import { Section } from '../parts/section.js';

/** What was warned of, workers that were lost, and the log. */
export function Messages({ data: { warnings, lostWorkers, log } }: { data: PageData }) {
  if (warnings.length + lostWorkers.length + log.lines.length === 0) return null;
  return (
    <Section id="messages" title="Warnings and log">
      {warnings.length + lostWorkers.length > 0 && (
        <ul class="sentences">
          {lostWorkers.map(({ share, reason, kind, task }) => (
            <li key={share} class="bad">
              Worker {share} was lost
              {kind !== undefined && (
                <>
                  {' '}
                  in <PlainText text={[kind, task].filter(Boolean).join(' > ')} />
                </>
              )}
              : <PlainText text={reason} />
            </li>
          ))}
          {warnings.map(({ code, message }) => (
            <li key={`${code} ${message}`}>
              <code>
                <PlainText text={code} />
              </code>{' '}
              <PlainText text={message} />
            </li>
          ))}
        </ul>
      )}
      {log.lines.length > 0 && <Log log={log} />}
    </Section>
  );
}
