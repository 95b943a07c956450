import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { PageLog, PageLogLine } from '../../page-data.js';
import { PlainText } from './plain-text.js';
import { matchesFilter } from './sort-rows.js';

const LEVELS: readonly PageLogLine['level'][] = ['debug', 'info', 'warn', 'error'];
const CHOICES: readonly [level: PageLogLine['level'], text: string][] = [
  ['debug', 'all levels'],
  ['info', 'info and above'],
  ['warn', 'warnings and errors'],
  ['error', 'errors'],
];
/** Nearer to the end than this, the last line is what is looked at. */
const END_PX = 24;

/** The last lines that were logged, by level and by what is in them; it follows its end for as long as that is in sight. */
export function Log({ log }: { log: PageLog }) {
  const [level, setLevel] = useState<PageLogLine['level']>('debug');
  const [filter, setFilter] = useState('');
  const shown = useMemo(() => choose(log, level, filter), [log, level, filter]);
  return (
    <div class="log">
      <div class="log-head">
        <h3 id="log-title">Log</h3>
        <label>
          Level{' '}
          <select value={level} onChange={({ currentTarget }) => setLevel(currentTarget.value as PageLogLine['level'])}>
            {CHOICES.map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        </label>
        <input
          type="search"
          class="filter"
          aria-label="Filter the log"
          placeholder="Filter…"
          value={filter}
          onInput={({ currentTarget }) => setFilter(currentTarget.value)}
        />
        <output class="count">
          {shown.length === log.lines.length ? `${shown.length} lines` : `${shown.length} of ${log.lines.length} lines`}
          {log.first > 0 && `, ${log.first.toLocaleString('en-US')} before them are left out`}
        </output>
      </div>
      <LogLines lines={shown} />
    </div>
  );
}

interface NumberedLine extends PageLogLine {
  number: number;
}

function choose({ first, lines }: PageLog, level: PageLogLine['level'], filter: string): NumberedLine[] {
  const least = LEVELS.indexOf(level);
  return lines
    .map((line, index) => ({ ...line, number: first + index }))
    .filter((line) => LEVELS.indexOf(line.level) >= least)
    .filter(({ source, message }) => filter === '' || matchesFilter(`${source} ${message}`, filter));
}

function LogLines({ lines }: { lines: readonly NumberedLine[] }) {
  const scroll = useRef<HTMLElement>(null);
  const isAtEnd = useRef(true);
  useLayoutEffect(() => {
    const { current } = scroll;
    if (current !== null && isAtEnd.current) current.scrollTop = current.scrollHeight;
  }, [lines]);
  const note = ({ currentTarget: { scrollTop, scrollHeight, clientHeight } }: { currentTarget: HTMLElement }) => {
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < END_PX;
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys
    <section ref={scroll} class="log-lines" tabIndex={0} aria-labelledby="log-title" onScroll={note}>
      {lines.length === 0 ? (
        <p class="faint">No line is like that.</p>
      ) : (
        <ol>
          {lines.map(({ number, level, source, message }) => (
            <li key={number} class={`is-${level}`}>
              <span class="log-level">{level}</span>
              <span class="log-source">
                <PlainText text={source} />
              </span>
              <span class="log-message">
                {message.split(/\r\n|\n|\r/).map((line, index) => (
                  <span key={index} class="log-part">
                    <PlainText text={line.replaceAll('\t', '  ')} />
                  </span>
                ))}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
