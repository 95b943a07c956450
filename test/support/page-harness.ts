import { once } from 'node:events';
import { type IncomingHttpHeaders, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { OptionLayer } from '../../src/options/resolved-options.js';
import { createCsvReporter } from '../../src/reporters/csv.js';
import { createFanOut } from '../../src/reporters/fan-out.js';
import { createJunitReporter } from '../../src/reporters/junit.js';
import { createRecordingReporter } from '../../src/reporters/recording.js';
import { replayRecording } from '../../src/reporters/replay-recording.js';
import { run as conduct } from '../../src/runtime/conductor/run.js';
import { createThisThreadFleet } from '../../src/runtime/conductor/this-thread.js';
import type { RunResult } from '../../src/runtime/protocol.js';
import type { TestDefinition } from '../../src/runtime/user/define-test.js';
import { forgetInProcessTest, keepInProcessTest } from '../../src/runtime/user/in-process-tests.js';
import { createHtmlReporter } from '../../src/web/html-reporter.js';
import type { RunStatus } from '../../src/web/server/http-interface.js';
import { type PageOptions, startPage } from '../../src/web/server/start-page.js';
import { createTemporaryFolder } from './temporary-folder.js';

export interface PageHarness {
  url: string;
  port: number;
  token: string | undefined;
  results: string;
  /** Of the runs that have ended. */
  ended: RunResult[];
  ask(path: string, options?: AskOptions): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Resolves when the status is as wanted. */
  reach(isWanted: (status: RunStatus) => boolean): Promise<RunStatus>;
  close(): Promise<void>;
}

export interface AskOptions {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what it holds is what tests look into
  json: any;
}

interface HarnessOptions {
  test: TestDefinition;
  values?: Record<string, unknown>;
  server?: Partial<PageOptions['server']>;
  results?: string;
}

/** The page's server in this process, over real HTTP, with runs of a test that lives here too. */
export async function startPageHarness({
  test,
  values = {},
  server = {},
  results,
}: HarnessOptions): Promise<PageHarness> {
  const folder = results ?? createTemporaryFolder();
  const layer: OptionLayer = {
    layer: 'flag',
    values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, origin: 'test' }])),
  };
  const ended: RunResult[] = [];
  let runs = 0;
  const page = await startPage({
    scenario: 'scenario.ts',
    described: await describe(test),
    layers: [layer],
    kinds: [],
    checkOptions: () => {},
    server: { host: '127.0.0.1', port: 0, token: undefined, tls: undefined, ...server },
    results: folder,
    makeReport: async (path, flag, target) => {
      const create = {
        '--csv': () => createCsvReporter({ prefix: target, fullHistory: false }),
        '--html': () => createHtmlReporter({ path: target }),
        '--junit': () => createJunitReporter({ path: target }),
      };
      await replayRecording({ path, reporters: [create[flag]()] });
    },
    run: async ({ reporter, onFolder, ...run }) => {
      const name = `run-${++runs}`;
      const recording = createRecordingReporter({ path: join(folder, name, 'recording.ndjson') });
      onFolder(name);
      const result = await conduct({
        source: { type: 'test', test },
        ...run,
        createListener: () => createFanOut([recording, reporter]),
      });
      ended.push(result);
      return result.exitCode;
    },
  });
  const { url, token } = page.server;
  const ask = (path: string, options?: AskOptions) => askUrl(`${url}${path}`, options);
  const close = async () => {
    if (page.session.isRunning) page.session.stop('the test has ended');
    await page.session.ended;
    await page.close();
  };
  onTestFinished(close);
  return {
    url,
    port: Number(new URL(url).port),
    token,
    results: folder,
    ended,
    ask,
    post: (path, body, headers = {}) =>
      ask(path, {
        method: 'POST',
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    reach: (isWanted) => reachStatus(`${url}/api/events`, isWanted),
    close,
  };
}

async function describe(test: TestDefinition) {
  const id = keepInProcessTest(test);
  const fleet = createThisThreadFleet();
  try {
    return await fleet.describe({ type: 'in-process', id });
  } finally {
    await fleet.close();
    forgetInProcessTest(id);
  }
}

/** Header names and values go out as they are, `host` too. */
export async function askUrl(url: string, { method = 'GET', headers = {}, body }: AskOptions = {}): Promise<Answer> {
  const send = url.startsWith('https:') ? requestHttps : requestHttp;
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const request = send(url, { method, headers: { ...length, ...headers }, agent: false, rejectUnauthorized: false });
  request.end(body);
  const [response] = await once(request, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const isJson = String(response.headers['content-type']).startsWith('application/json');
  return { status: response.statusCode, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
}

export interface ReadEvent {
  id: string;
  event: string;
  // biome-ignore lint/suspicious/noExplicitAny: what it holds is what tests look into
  data: any;
}

/** Reads events until `isLast`; `lastEventId`: from behind that one. */
export async function readEvents(
  url: string,
  isLast: (event: ReadEvent) => boolean,
  headers: Record<string, string> = {},
): Promise<ReadEvent[]> {
  const stop = new AbortController();
  const response = await fetch(url, { headers, signal: stop.signal });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  const events: ReadEvent[] = [];
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const event = parseEvent(text.slice(0, end));
      text = text.slice(end + 2);
      if (event === undefined) continue;
      events.push(event);
      if (!isLast(event)) continue;
      stop.abort();
      return events;
    }
  }
  throw new Error(`The stream ended after ${events.length} events.`);
}

async function reachStatus(url: string, isWanted: (status: RunStatus) => boolean): Promise<RunStatus> {
  const events = await readEvents(url, ({ event, data }) => event === 'status' && isWanted(data));
  return events.at(-1)!.data;
}

function parseEvent(text: string): ReadEvent | undefined {
  const fields = new Map(text.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
  const [id, event, data] = ['id', 'event', 'data'].map((name) => fields.get(name));
  return id === undefined ? undefined : { id, event: event!, data: JSON.parse(data!) };
}
