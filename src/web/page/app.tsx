import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { PageData } from '../page-data.js';
import { createPageContext, PageContext, usePage } from './page-context.js';
import { PlainText } from './parts/plain-text.js';
import { Bottlenecks } from './sections/bottlenecks.js';
import { Charts } from './sections/charts.js';
import { Environment } from './sections/environment.js';
import { Errors } from './sections/errors.js';
import { Generator } from './sections/generator.js';
import { Messages } from './sections/messages.js';
import { Monitors } from './sections/monitors.js';
import { OwnNumbers } from './sections/own-numbers.js';
import { Requests } from './sections/requests.js';
import { ServerTiming } from './sections/server-timing.js';
import { TaskRatios } from './sections/task-ratios.js';
import { Verdict } from './sections/verdict.js';

interface AppParts {
  data: PageData;
  /** How it differs from another run; absent where nothing is compared. */
  comparison?: ComponentChildren;
}

/** The page of a run, saved or live: given other data it shows those, and stays where it is. */
export function App({ data, comparison }: AppParts) {
  const { run, columns } = data;
  const context = useMemo(() => createPageContext(Date.parse(run.startedAt)), [run.startedAt]);
  const [selected, setSelected] = useState<number>();
  context.link.end = endOf(columns, run.durationMs);
  // Which name the charts show is nothing to the rest of the page, which may have hundreds of rows.
  const rest = useMemo(() => {
    const showInCharts = (index: number) => {
      setSelected(index);
      document.getElementById('charts')?.scrollIntoView({ behavior: 'smooth' });
    };
    return (
      <>
        <Requests data={data} onSelect={showInCharts} />
        <TaskRatios data={data} />
        <ServerTiming data={data} />
        <Monitors data={data} />
        <Errors data={data} />
        <OwnNumbers data={data} />
        <Generator data={data} />
        <Messages data={data} />
        <Environment data={data} />
      </>
    );
  }, [data]);
  return (
    <PageContext.Provider value={context}>
      <a class="skip" href="#verdict">
        Skip to the result
      </a>
      <Header data={data} />
      <main>
        <Verdict data={data} />
        {comparison}
        {data.bottlenecks.length > 0 && <Bottlenecks data={data} />}
        {columns.second.length > 0 && <Charts data={data} selected={selected} onSelect={setSelected} />}
        {rest}
      </main>
      <footer>
        Loadwright {run.version} · seed {run.seed}
      </footer>
    </PageContext.Provider>
  );
}

/** Where the charts end, in seconds. */
function endOf({ second, seconds }: PageData['columns'], durationMs: number): number {
  const last = second.length - 1;
  return Math.max(1, durationMs / 1000, last < 0 ? 0 : second[last]! + seconds[last]!);
}

function Header({ data }: { data: PageData }) {
  const { run } = data;
  const hasErrors = data.exceptions.length > 0 || data.rows.some(({ errors }) => errors.length > 0);
  const links: [id: string, title: string][] = [
    ...(data.bottlenecks.length > 0 ? [['bottlenecks', 'Bottlenecks'] satisfies [string, string]] : []),
    ['charts', 'Over time'],
    ['requests', 'Requests'],
    ...(data.taskRatios.length > 0 ? [['tasks', 'Tasks'] satisfies [string, string]] : []),
    ...(data.rows.some(({ serverTiming }) => serverTiming !== undefined)
      ? [['server-timing', 'Server timing'] satisfies [string, string]]
      : []),
    ...(data.monitorNotes.length > 0 ? [['monitors', 'Monitors'] satisfies [string, string]] : []),
    ...(hasErrors ? [['errors', 'Errors'] satisfies [string, string]] : []),
    ['generator', 'Generator'],
    ...(data.log.lines.length > 0 ? [['messages', 'Log'] satisfies [string, string]] : []),
    ['environment', 'Environment'],
  ];
  return (
    <header>
      <div class="run-name">
        <b>
          <PlainText text={run.scenario} />
        </b>
        <span class="faint">
          {run.host !== undefined && (
            <>
              <PlainText text={run.host} /> ·{' '}
            </>
          )}
          <PlainText text={run.load} /> · {formatDate(run.startedAt)}
        </span>
      </div>
      <nav aria-label="Parts of the report">
        {links.map(([id, title]) => (
          <a key={id} href={`#${id}`}>
            {title}
          </a>
        ))}
      </nav>
      <ThemeButton />
    </header>
  );
}

function formatDate(iso: string): string {
  return new Date(iso).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
}

function ThemeButton() {
  const { theme } = usePage();
  const [current, setCurrent] = useState(theme.current);
  useEffect(() => theme.listen(() => setCurrent(theme.current)), [theme]);
  const other = current === 'dark' ? 'light' : 'dark';
  return (
    <button type="button" class="theme" aria-label={`Use the ${other} theme`} onClick={() => theme.toggle()}>
      {current === 'dark' ? '☀' : '☾'}
    </button>
  );
}
