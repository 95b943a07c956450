import { Readable } from 'node:stream';
import { type Context, Hono } from 'hono';
import { formatLiveCsv, readLocustStats, swarm } from './locust-interface.js';
import { describeLocustTasks } from './locust-tasks.js';
import { type PageFiles, servePageFile } from './page-files.js';
import type { PageThread } from './page-thread.js';
import { describeCurve } from './plan-start.js';
import { RefusedRequest, toProblem } from './problem.js';
import { readTolerance } from './read-tolerance.js';
import type { ReportMaker } from './report-maker.js';
import { RESULT_FORMS } from './result-forms.js';
import type { ResultsFolder } from './results-folder.js';
import type { RunSession } from './run-session.js';
import type { TaskThreads } from './task-threads.js';

export interface AppParts {
  session: RunSession;
  results: ResultsFolder;
  reports: ReportMaker;
  page: PageFiles | undefined;
  thread: PageThread;
  tasks: TaskThreads;
}

const BY_PAGE = 'stopped on the page';
const JSON_TYPE = /^application\/json\b/i;
const FORM_TYPE = /^application\/x-www-form-urlencoded\b/i;

/** Which address does what; whoever asks has been let in already. */
export function createApp(parts: AppParts): Hono {
  const app = new Hono();
  addPage(app, parts);
  addRun(app, parts);
  addComparison(app, parts);
  addResults(app, parts);
  addLocust(app, parts);
  refuseOtherMethods(app);
  app.notFound(() => answerProblem(new RefusedRequest('NOT_FOUND', 'No such address.', { hint: 'GET /api/run' })));
  app.onError((error) => answerProblem(error));
  return app;
}

function addPage(app: Hono, { page, thread, tasks, results }: AppParts): void {
  for (const [path, part] of [
    ['/api/page', 'page'],
    ['/api/page/shapes', 'shapes'],
  ] as const) {
    app.get(path, async () => {
      const text = await thread.read(part);
      if (text === undefined) throw new RefusedRequest('NOT_FOUND', 'Nothing has run yet.', { hint: 'POST /api/run' });
      return answerText(text);
    });
  }
  app.get('/api/results/:name/page', async (context) => {
    const { type, file } = await results.findShown(context.req.param('name'));
    return answerText(await tasks.run({ type: 'show', source: type, file }));
  });
  app.get('/', (context) => servePageFile(page, 'index.html', context.req.raw));
  app.get('/page.js', (context) => servePageFile(page, 'page.js', context.req.raw));
  app.get('/page.css', (context) => servePageFile(page, 'page.css', context.req.raw));
}

function addRun(app: Hono, { session }: AppParts): void {
  app.get('/api/run', async (context) => context.json(await session.readReport()));
  app.post('/api/run', async (context) => {
    await session.start(await readJson(context));
    return context.json(session.readStatus(), 202);
  });
  app.post('/api/plan', async (context) => context.json(describeCurve(await session.plan(await readJson(context)))));
  app.post('/api/run/edit', async (context) => {
    session.edit(await readJson(context));
    return context.json(session.readStatus());
  });
  const changes = {
    stop: () => session.stop(BY_PAGE),
    pause: () => session.pause(),
    resume: () => session.resume(),
    reset: () => session.resetStatistics(),
  };
  for (const [name, change] of Object.entries(changes)) {
    app.post(`/api/run/${name}`, (context) => {
      change();
      return context.json(session.readStatus());
    });
  }
}

function addComparison(app: Hono, { results, session, tasks }: AppParts): void {
  app.get('/api/results/:name/compare', async (context) => {
    const { baseline, tolerance } = context.req.query();
    if (baseline === undefined)
      throw new RefusedRequest('BODY_INVALID', '"baseline" is missing: the run to compare with.', {
        hint: '…/compare?baseline=<name>',
      });
    const share = readTolerance(tolerance);
    const [first, second] = [baseline, context.req.param('name')].map((name) => {
      if (session.isRunning && name === session.readStatus().results)
        throw new RefusedRequest('RUN_STATE', `${JSON.stringify(name)} has not ended.`);
      return results.findComparable(name);
    });
    const [one, other] = await Promise.all([first!, second!]);
    return answerText(await tasks.run({ type: 'compare', baseline: one, candidate: other, tolerance: share }));
  });
}

function addResults(app: Hono, { results, reports }: AppParts): void {
  app.get('/api/results', async (context) => {
    const { before, limit } = context.req.query();
    if (limit !== undefined && !/^\d{1,4}$/.test(limit))
      throw new RefusedRequest('BODY_INVALID', '"limit" is a number.');
    const list = {
      ...(before === undefined ? {} : { before }),
      ...(limit === undefined ? {} : { limit: Number(limit) }),
    };
    return context.json(await results.list(list));
  });
  app.get('/api/results/:name', async (context) => context.json(await results.describe(context.req.param('name'))));
  app.get('/api/results/:name/:form', async (context) => {
    const { name, form } = context.req.param();
    const known = RESULT_FORMS.find((one) => one.form === form);
    if (known === undefined) {
      const forms = RESULT_FORMS.map((one) => one.form).join(', ');
      throw new RefusedRequest('NOT_FOUND', `There is no form ${JSON.stringify(form.slice(0, 100))}.`, { hint: forms });
    }
    const opened = await results.open(name, known);
    const file = opened ?? (await reports.open(await results.findRecording(name), known));
    // What a run that goes on adds meanwhile is not part of it.
    const stream = file.handle.createReadStream({ start: 0, end: Math.max(0, file.bytes - 1) });
    return new Response(file.bytes === 0 ? null : (Readable.toWeb(stream) as ReadableStream), {
      headers: downloadHeaders(known.mediaType, `${name}-${known.file}`, file.bytes),
    });
  });
}

function addLocust(app: Hono, { session }: AppParts): void {
  app.post('/swarm', async (context) => {
    if (!FORM_TYPE.test(context.req.header('content-type') ?? ''))
      throw refuseType('application/x-www-form-urlencoded');
    return context.json(await swarm(new URLSearchParams(await context.req.text()), session));
  });
  app.post('/stop', (context) => {
    if (session.isRunning) session.stop('stopped by POST /stop');
    return context.json({ success: true, message: 'Test stopped' });
  });
  app.get('/stats/requests', (context) => context.json(readLocustStats(session)));
  app.get('/tasks', (context) => context.json(describeLocustTasks(session.view.readTaskRatios())));
  app.post('/stats/reset', (context) => {
    session.resetStatistics();
    return context.text('ok');
  });
  for (const kind of ['requests', 'failures', 'exceptions'] as const) {
    const file = `${kind === 'requests' ? 'stats' : kind}.csv`;
    const path = kind === 'exceptions' ? '/exceptions/csv' : `/stats/${kind}/csv`;
    app.get(path, () => {
      const text = formatLiveCsv(kind, session);
      const headers = downloadHeaders('text/csv; charset=utf-8', file, Buffer.byteLength(text));
      return new Response(text, { headers });
    });
  }
}

/** A change that was asked for by GET, as Locust has it, would be carried out by any link. */
function refuseOtherMethods(app: Hono): void {
  const routes = new Map<string, Set<string>>();
  for (const { path, method } of app.routes) {
    if (method !== 'ALL') routes.set(path, (routes.get(path) ?? new Set()).add(method));
  }
  for (const [path, methods] of routes) {
    const allowed = [...methods, ...(methods.has('GET') ? ['HEAD'] : [])].join(', ');
    app.all(path, (context) => {
      const { method } = context.req;
      const why = methods.has('GET') ? '' : ': what changes something is only done by POST';
      const problem = new RefusedRequest('METHOD_REFUSED', `${method} is not for ${path}${why}.`, {
        hint: `curl -X ${[...methods][0]} …${path}`,
      });
      return answerProblem(problem, { allow: allowed });
    });
  }
}

async function readJson({ req }: Context): Promise<unknown> {
  const text = await req.text();
  if (text === '') return {};
  if (!JSON_TYPE.test(req.header('content-type') ?? '')) throw refuseType('application/json');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RefusedRequest('BODY_INVALID', `The body is no JSON: ${(error as Error).message}`, {
      hint: '{ "users": 10 }',
    });
  }
}

/** JSON in UTF-8. */
function answerText(text: Uint8Array): Response {
  return new Response(text as Uint8Array<ArrayBuffer>, { headers: { 'content-type': 'application/json' } });
}

function refuseType(wanted: string): RefusedRequest {
  return new RefusedRequest('BODY_TYPE', `The body must be ${wanted}.`, { hint: `Content-Type: ${wanted}` });
}

function answerProblem(error: unknown, headers: Record<string, string> = {}): Response {
  const { status, problem } = toProblem(error);
  return Response.json(problem, { status, headers });
}

/** A browser keeps it as a file, and shows none of it. */
function downloadHeaders(mediaType: string, name: string, bytes: number): Record<string, string> {
  const plain = name.replace(/[^\w.-]+/g, '_');
  return {
    'content-type': mediaType,
    'content-length': String(bytes),
    'content-disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name)}`,
  };
}
