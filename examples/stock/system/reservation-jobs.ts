import { randomUUID } from 'node:crypto';
import type { Queue, Worker } from 'bullmq';
import { type Answer, answerDetail, answerJson } from '../server/answer.js';
import type { ReservationOutcome, Reservations } from '../server/reservations.js';
import { answerOutcome } from '../server/routes.js';
import type { Database, Statement } from './database.js';
import { loadJobQueue } from './load-packages.js';
import { noteAway, noteBack, ServiceUnavailable } from './outages.js';
import { RequestTrace, traceOf } from './request-trace.js';
import { SCHEMA } from './schema.js';
import type { StoredLevels } from './stored-levels.js';
import type { NumberedOrder } from './take-units.js';

interface JobOptions {
  readonly redisUrl: string;
  readonly keyPrefix: string;
  readonly jobs: number;
  readonly database: Database;
}

export interface ReservationJobs extends Reservations {
  /** Where a queued reservation stands. */
  answerState(trace: RequestTrace, taskId: string): Promise<Answer>;
  close(): Promise<void>;
}

type JobQueue = Queue<NumberedOrder, ReservationOutcome>;

const QUEUE = 'reservations';
const COMMAND_PATIENCE_MS = 1_000;
/** How long one can ask for what became of a job. */
const KEPT = { age: 600, count: 100_000 };
const JOB_OPTIONS = {
  attempts: 5,
  backoff: { type: 'exponential', delay: 200 },
  removeOnComplete: KEPT,
  removeOnFail: KEPT,
};
const FIND_RESERVATION: Statement = {
  name: 'reservation',
  text: `SELECT 1 FROM ${SCHEMA}.reservations WHERE id = $1`,
};

/** Reservations as jobs in Redis: the one who asks is answered at once, and asks again for what became of it. */
export async function createReservationJobs(levels: StoredLevels, options: JobOptions): Promise<ReservationJobs> {
  const { Queue, Worker } = await loadJobQueue();
  const connection = readConnection(options.redisUrl);
  const queue: JobQueue = new Queue(QUEUE, {
    prefix: `${options.keyPrefix}jobs`,
    // Who asks for a reservation is to be told at once that nobody can take it.
    connection: {
      ...connection,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: COMMAND_PATIENCE_MS,
    },
  });
  const worker: Worker<NumberedOrder, ReservationOutcome> = new Worker(
    QUEUE,
    async ({ data, attemptsMade, stalledCounter }) => {
      const isTriedBefore = attemptsMade > 0 || stalledCounter > 0;
      if (isTriedBefore && (await isReserved(options.database, data.id))) return { kind: 'reserved' };
      return levels.reserveNow(new RequestTrace(), data);
    },
    {
      prefix: `${options.keyPrefix}jobs`,
      concurrency: options.jobs,
      connection: { ...connection, maxRetriesPerRequest: null },
    },
  );
  const noteError = (error: Error): void => noteAway('Redis', error);
  queue.on('error', noteError);
  worker.on('error', noteError);
  await queue.waitUntilReady();
  return {
    ...levels,
    async reserve(order, request) {
      const taskId = randomUUID();
      await orUnavailable(queue.add('reserve', { ...order, id: taskId }, { ...JOB_OPTIONS, jobId: taskId }));
      traceOf(request).setQueue(await orUnavailable(queue.getWaitingCount()));
      return { kind: 'queued', taskId };
    },
    async answerState(trace, taskId) {
      const job = await orUnavailable(queue.getJob(taskId));
      if (job !== undefined && job.finishedOn === undefined)
        return answerJson(200, { task_id: taskId, state: 'pending' });
      if (job !== undefined) return answerDone(taskId, readAnswer(job));
      // Jobs are only kept for a while, and Redis may have lost them; what was reserved is known for good.
      const isThere = (await options.database.query(trace, FIND_RESERVATION, [taskId])).length > 0;
      return isThere ? answerDone(taskId, answerOutcome({ kind: 'reserved' })) : answerDetail(404, 'Not found.');
    },
    async close() {
      await worker.close();
      await queue.close();
    },
  };
}

function readAnswer(job: { returnvalue: ReservationOutcome | null; failedReason?: string | undefined }): Answer {
  return job.returnvalue ? answerOutcome(job.returnvalue) : answerDetail(503, `The job failed: ${job.failedReason}`);
}

/** `status_code` and `result` are what the reservation itself would have been answered. */
function answerDone(taskId: string, { status, body }: Answer): Answer {
  const result: unknown = JSON.parse(body.toString());
  return answerJson(200, { task_id: taskId, state: 'done', status_code: status, result });
}

async function isReserved(database: Database, id: string): Promise<boolean> {
  return (await database.query(new RequestTrace(), FIND_RESERVATION, [id])).length > 0;
}

async function orUnavailable<T>(asking: Promise<T>): Promise<T> {
  try {
    const answer = await asking;
    noteBack('Redis');
    return answer;
  } catch (error) {
    noteAway('Redis', error);
    throw new ServiceUnavailable('The job queue cannot be reached.', { cause: error });
  }
}

/** As `bullmq` wants it: in parts. */
function readConnection(redisUrl: string) {
  const { hostname, port, username, password, pathname, protocol } = new URL(redisUrl);
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || 6379),
    db: Number(pathname.slice(1) || 0),
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
  };
}
