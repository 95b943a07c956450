// One reservation, made in the request or as a job that one has to ask about.
import { counter, type HttpClient, type HttpResponse, type UserContext } from 'loadwright';
import { type Tokens, withToken } from './token.js';

const RESERVE_PATH = '/api/products/stock/reserve/';
/** Jobs are asked about at these intervals, in seconds, and given up after a while. */
const FIRST_WAIT_SECONDS = 0.1;
const LONGEST_WAIT_SECONDS = 1;
const PATIENCE_SECONDS = 30;

/** Units that users asked for. `told`: theirs. `refused`: not theirs. `unknown`: no answer, so they may be or not. */
export const reservedUnits = counter('reserved_units', { by: ['product', 'outcome'], unit: 'units' });

export type Outcome = 'told' | 'refused' | 'unknown';

/** Answers 202 to a reservation, and then to questions about it. */
interface TaskAnswer {
  status_url: string;
}

type TaskState = { state: 'pending' } | { state: 'done'; status_code: number; result: unknown };

interface Session {
  tokens: Tokens;
}

/** Reserves units and records what became of them. */
export async function reserveUnits(
  context: UserContext<Session>,
  { product, quantity }: { product: string; quantity: number },
): Promise<void> {
  let outcome: Outcome = 'unknown';
  try {
    outcome = await askForUnits(context, { product_id: product, quantity });
  } finally {
    // Also where the run ends while the answer is awaited: the units may be gone, and nobody was told.
    context.record(reservedUnits, quantity, { product, outcome });
  }
}

async function askForUnits(context: UserContext<Session>, json: object): Promise<Outcome> {
  const { http, state } = context;
  const response = await withToken(http, state.tokens, (options) => http.post(RESERVE_PATH, options), {
    name: '04_stock_reserve',
    json,
    expect: { status: [201, 202, 400], body: judgeReservation },
  });
  return response.ok && response.status === 202
    ? followTask(context, response.json<TaskAnswer>())
    : readOutcome(response);
}

/**
 * What an answer says about the units that were asked for. An error of the server's own, or an answer that broke off,
 * says nothing: the reservation may have been made before.
 */
export function readOutcome({ ok, status }: Pick<HttpResponse, 'ok' | 'status'>): Outcome {
  if (ok) return status === 201 ? 'told' : 'refused';
  return status >= 400 && status < 500 ? 'refused' : 'unknown';
}

/** Lack of stock is the expected business answer: 400 with a list of one message. */
function judgeReservation(response: HttpResponse): boolean | string {
  if (response.status === 201) return response.json<{ success: boolean }>().success || 'not reserved';
  if (response.status === 202) return typeof response.json<TaskAnswer>().status_url === 'string' || 'no status_url';
  return Array.isArray(response.json()) || `refused: ${response.text().slice(0, 100)}`;
}

/** Asks what became of a job until it is done. One that cannot be found, or takes too long, may be done or not. */
async function followTask({ http, state, sleep }: UserContext<Session>, task: TaskAnswer): Promise<Outcome> {
  const lastMs = performance.now() + PATIENCE_SECONDS * 1000;
  for (let waitSeconds = FIRST_WAIT_SECONDS; performance.now() < lastMs; waitSeconds *= 2) {
    await sleep(Math.min(waitSeconds, LONGEST_WAIT_SECONDS));
    const answer = await readState(http, state.tokens, task);
    if (answer.status === 404) return 'unknown';
    const current = answer.ok ? answer.json<TaskState>() : undefined;
    if (current?.state === 'done') return readOutcome(toResponse(current));
  }
  return 'unknown';
}

function readState(http: HttpClient, tokens: Tokens, { status_url: path }: TaskAnswer): Promise<HttpResponse> {
  return withToken(http, tokens, (options) => http.get(path, options), {
    name: '04_stock_reserve_status',
    expect: {
      status: [200],
      body: (answer) => ['pending', 'done'].includes(answer.json<TaskState>().state) || 'no state',
    },
  });
}

/** The answer that the reservation would have been given in its own request. */
function toResponse({ status_code: status, result }: Extract<TaskState, { state: 'done' }>) {
  return { status, ok: status === 201 || (status === 400 && Array.isArray(result)) };
}
