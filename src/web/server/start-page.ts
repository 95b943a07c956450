import { randomBytes } from 'node:crypto';
import { JsonText, LiveFeed } from './live-feed.js';
import { readPageFiles } from './page-files.js';
import { PageThread } from './page-thread.js';
import { type MakeReport, ReportMaker } from './report-maker.js';
import { ResultsFolder } from './results-folder.js';
import { RunSession, type SessionOptions } from './run-session.js';
import { TaskThreads } from './task-threads.js';
import { startWebServer, type WebServer, type WebServerOptions } from './web-server.js';

export interface PageOptions extends Omit<SessionOptions, 'onChange'> {
  server: Pick<WebServerOptions, 'host' | 'port' | 'token' | 'tls'>;
  /** The folder in which runs are kept; undefined: none is. */
  results: string | undefined;
  makeReport: MakeReport;
}

export interface RunningPage {
  session: RunSession;
  server: WebServer;
  /** Ends the server, not a run. */
  close(): Promise<void>;
}

/** A page that cannot be served leaves no thread behind. */
async function serveOrClose(thread: PageThread, options: WebServerOptions): Promise<WebServer> {
  try {
    return await startWebServer(options);
  } catch (error) {
    await thread.close();
    throw error;
  }
}

/** The build puts the page here, seen from the source and from what it builds. */
const PAGE_FOLDER = new URL('../../../dist/web/', import.meta.url);

/**
 * Serves the page of a scenario and its HTTP interface; starts no run.
 *
 * @throws LoadwrightError `ERR_PAGE_NOT_SERVED`
 */
export async function startPage(options: PageOptions): Promise<RunningPage> {
  const nonce = randomBytes(6).toString('hex');
  const greetPage = () => [{ event: 'status', data: session.readStatus() }];
  const pageFeed = new LiveFeed({ nonce, greet: greetPage });
  const thread = new PageThread({ onUpdate: (text) => pageFeed.send('update', () => new JsonText(text)) });
  const feed: LiveFeed = new LiveFeed({
    nonce,
    greet: () => {
      const second = session.view.readSecond();
      const status = { event: 'status', data: session.readStatus() };
      return second === undefined ? [status] : [status, { event: 'second', data: second }];
    },
  });
  const session: RunSession = new RunSession({
    ...options,
    onChange: {
      status: () => {
        for (const one of [feed, pageFeed]) one.send('status', () => session.readStatus());
      },
      second: (read) => feed.send('second', read),
      notice: (notice) => feed.send('notice', () => notice),
      event: (run, event) => thread.hear(run, event, pageFeed.isRead),
    },
  });
  const server = await serveOrClose(thread, {
    ...options.server,
    session,
    thread,
    tasks: new TaskThreads(),
    feeds: { '/api/events': feed, '/api/page/events': pageFeed },
    results: new ResultsFolder(options.results),
    reports: new ReportMaker(options.makeReport),
    page: readPageFiles(PAGE_FOLDER),
  });
  const close = async () => {
    await server.close();
    await thread.close();
  };
  return { session, server, close };
}
