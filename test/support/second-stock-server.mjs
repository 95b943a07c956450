// The stock service once more, built apart from examples/stock/server so that tests can compare two readings of one
// contract. Nothing is shared: tokens go through WebCrypto, refusals are thrown, lists are built on every request.
import { createServer } from 'node:http';
import { text as readText } from 'node:stream/consumers';

const flags = readFlags();
const PAGE = 100;
const MEGABYTE = 1024 * 1024;
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

class Refusal extends Error {
  constructor(status, body, headers = {}) {
    super(`refused with ${status}`);
    this.reply = { status, body, headers };
  }
}

// --- what is in stock -------------------------------------------------------------------------------------------

const shelf = new Map();
for (let n = 1; n <= 200; n += 1) {
  const id = crypto.randomUUID();
  const made = new Date().toISOString();
  const price = (990 + n * 10).toFixed(2);
  const product = { id, name: `상품 ${n}`, description: `설명 ${n}`, price, status: n % 8 ? 'active' : 'inactive' };
  shelf.set(id, {
    product: { ...product, created_at: made, updated_at: made },
    stock: { rowId: crypto.randomUUID(), arrived: flags.stock, taken: [], takenSum: 0, changed: made },
  });
}

function stockView({ stock }) {
  return {
    id: stock.rowId,
    physical_stock: stock.arrived,
    reserved_stock: stock.takenSum,
    available_stock: stock.arrived - stock.takenSum,
    min_stock_level: 100,
    reorder_point: 500,
    warehouse_code: 'WH001',
    updated_at: stock.changed,
  };
}

function paged(rows, url) {
  const asked = url.searchParams.get('page') ?? '1';
  const pages = Math.ceil(rows.length / PAGE) || 1;
  const page = Number(asked);
  if (!Number.isInteger(page) || page < 1 || page > pages) throw new Refusal(404, { detail: 'Invalid page.' });
  const linkTo = (number) => {
    if (number < 1 || number > pages) return null;
    const link = new URL(url);
    if (number === 1) link.searchParams.delete('page');
    else link.searchParams.set('page', number);
    return link.href;
  };
  const results = rows.slice(page * PAGE - PAGE, page * PAGE);
  return { count: rows.length, next: linkTo(page + 1), previous: linkTo(page - 1), results };
}

// --- tokens -----------------------------------------------------------------------------------------------------

const hmac = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
const bytesOf = (text) => new TextEncoder().encode(text);
const toPart = (bytes) => Buffer.from(bytes).toString('base64url');
const now = () => Date.now() / 1000;

async function mint(kind, user) {
  const born = Math.floor(now());
  const age = kind === 'access' ? flags['token-lifetime'] : 30 * 86_400;
  const claims = { token_type: kind, exp: born + age, iat: born, jti: crypto.randomUUID(), user_id: user };
  const head = [{ typ: 'JWT', alg: 'HS256' }, claims].map((part) => toPart(JSON.stringify(part))).join('.');
  return `${head}.${toPart(await crypto.subtle.sign('HMAC', hmac, bytesOf(head)))}`;
}

async function inspect(token, kind) {
  const parts = token.split('.');
  if (parts.length !== 3) return { fault: 'Token is malformed' };
  const seal = Buffer.from(parts[2], 'base64url');
  if (toPart(seal) !== parts[2]) return { fault: 'Token is malformed' };
  const isGenuine = await crypto.subtle.verify('HMAC', hmac, seal, bytesOf(`${parts[0]}.${parts[1]}`));
  if (!isGenuine) return { fault: 'Token signature is wrong' };
  const [header, claims] = parts.slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url')));
  if (header.alg !== 'HS256' || claims.token_type !== kind) return { fault: 'Token is of another kind' };
  return claims.exp > now() ? { user: claims.user_id } : { fault: 'Token has expired' };
}

const challenge = { 'WWW-Authenticate': 'Bearer realm="api"' };

async function requireUser(request) {
  const token = /^Bearer +(\S+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (!token) throw new Refusal(401, { detail: 'A token is needed.' }, challenge);
  const { user, fault } = await inspect(token, 'access');
  if (user !== undefined) return user;
  const messages = [{ token_class: 'AccessToken', token_type: 'access', message: fault }];
  throw new Refusal(401, { detail: 'This token is not valid.', code: 'token_not_valid', messages }, challenge);
}

// --- bodies -----------------------------------------------------------------------------------------------------

async function readJson(request) {
  if (Number(request.headers['content-length']) > MEGABYTE) throw new Refusal(413, { detail: 'Too large.' });
  const text = await readText(request);
  if (text.length > MEGABYTE) throw new Refusal(413, { detail: 'Too large.' });
  try {
    return JSON.parse(text || '{}') ?? {};
  } catch {
    throw new Refusal(400, { detail: 'JSON parse error - unreadable' });
  }
}

function requireFields(body, checks) {
  const faults = {};
  for (const [field, check] of Object.entries(checks)) {
    const fault = check(body[field]);
    if (fault) faults[field] = [fault];
  }
  if (Object.keys(faults).length) throw new Refusal(400, faults);
}

const filled = (value) => (typeof value === 'string' && value ? null : 'This field is required.');
const positive = (value) => (Number.isInteger(value) && value > 0 ? null : 'A whole number of 1 or more is needed.');
const onShelf = (value) => (shelf.has(value) ? null : 'There is no such product.');

// --- the service ------------------------------------------------------------------------------------------------

const service = new Map();

service.set('POST /api/token/', async ({ request }) => {
  const form = await readJson(request);
  requireFields(form, { username: filled, password: filled });
  const isKnown = form.username === 'admin' || /^user(\d|[1-9]\d{1,3})$/.test(form.username);
  if (!isKnown || form.password !== 'password')
    throw new Refusal(401, { detail: 'Wrong name or password.' }, challenge);
  return {
    status: 200,
    body: { refresh: await mint('refresh', form.username), access: await mint('access', form.username) },
  };
});

service.set('POST /api/token/refresh/', async ({ request }) => {
  const form = await readJson(request);
  requireFields(form, { refresh: filled });
  const { user, fault } = await inspect(form.refresh, 'refresh');
  if (fault) throw new Refusal(401, { detail: fault, code: 'token_not_valid' }, challenge);
  return { status: 200, body: { access: await mint('access', user) } };
});

service.set('GET /api/products/', async ({ request, url }) => {
  await requireUser(request);
  let rows = [...shelf.values()].map(({ product }) => product);
  const keep = {
    name: (wanted) => (row) => row.name.includes(wanted),
    status: (wanted) => (row) => row.status === wanted,
    price_gte: (wanted) => (row) => Number(row.price) >= Number(wanted),
    price_lte: (wanted) => (row) => Number(row.price) <= Number(wanted),
  };
  for (const [filter, wanted] of url.searchParams) {
    if (filter.startsWith('price_') && Number.isNaN(Number(wanted)))
      throw new Refusal(400, { [filter]: ['Not a number.'] });
    if (Object.hasOwn(keep, filter)) rows = rows.filter(keep[filter](wanted));
  }
  return { status: 200, body: paged(rows, url) };
});

service.set('GET /api/products/:id/', async ({ request, id }) => {
  await requireUser(request);
  const entry = shelf.get(id);
  if (!entry) throw new Refusal(404, { detail: 'No such product.' });
  return { status: 200, body: entry.product };
});

service.set('GET /api/products/stock/available/', async ({ request, url }) => {
  await requireUser(request);
  const wanted = url.searchParams.get('product_id');
  if (wanted && !UUID.test(wanted)) throw new Refusal(400, { product_id: ['This is not a UUID.'] });
  const entries = [...shelf.entries()].filter(([id]) => !wanted || id === wanted);
  return {
    status: 200,
    body: paged(
      entries.map(([, entry]) => stockView(entry)),
      url,
    ),
  };
});

service.set('POST /api/products/stock/reserve/', async ({ request }) => {
  await requireUser(request);
  const form = await readJson(request);
  requireFields(form, { product_id: onShelf, quantity: positive });
  const { stock } = shelf.get(form.product_id);
  const left = stock.arrived - stock.takenSum;
  const isRefused = form.quantity > left && !flags['never-refuse'];
  if (isRefused) throw new Refusal(400, [`재고가 부족합니다: available ${left}, asked ${form.quantity}`]);
  reservations += 1;
  if (!isFaulty('forget-every')) take(stock, form.quantity);
  if (isFaulty('double-every')) take(stock, form.quantity);
  const body = { success: true, reservation: null, error_message: '', error_code: '' };
  return { status: 201, body, hangsUp: isFaulty('hang-up-every') };
});

// What a faulty system would do, for tests of who should notice: `--forget-every 3` says yes and takes nothing.
let reservations = 0;
const isFaulty = (flag) => flags[flag] > 0 && reservations % flags[flag] === 0;

function take(stock, quantity) {
  stock.taken.push(quantity);
  stock.takenSum += quantity;
  stock.changed = new Date().toISOString();
}

service.set('POST /api/products/stock/inbound/', async ({ request }) => {
  const user = await requireUser(request);
  if (user !== 'admin') throw new Refusal(403, { detail: 'Only for the admin.' });
  const form = await readJson(request);
  requireFields(form, { product_id: onShelf, quantity: positive });
  shelf.get(form.product_id).stock.arrived += form.quantity;
  const { product_id, quantity, reason = '', warehouse_code = 'WH001' } = form;
  return { status: 201, body: { product_id, quantity, reason, warehouse_code } };
});

// --- serving and counting ---------------------------------------------------------------------------------------

const patterns = [...new Set([...service.keys()].map((key) => key.split(' ')[1]))];

function findPattern(path) {
  if (patterns.includes(path)) return { pattern: path };
  const id = /^\/api\/products\/([^/]+)\/$/.exec(path)?.[1];
  return id && id !== ':id' ? { pattern: '/api/products/:id/', id } : undefined;
}

async function serve(request, url, found) {
  if (!found) return { status: 404, body: { detail: 'No such page.' } };
  if (!url.pathname.endsWith('/')) return { status: 301, headers: { Location: `${url.pathname}/${url.search}` } };
  const act = service.get(`${request.method} ${found.pattern}`);
  if (act) return act({ request, url, id: found.id });
  if (!found.pattern.startsWith('/api/token/')) await requireUser(request);
  return { status: 405, body: { detail: `${request.method} is not for this page.` } };
}

const served = {};

const server = createServer(async (request, response) => {
  const url = new URL(request.url, `http://${request.headers.host}`);
  if (url.pathname === '/__stats') {
    const byEndpoint = Object.entries(served).map(([key, count]) => {
      const [method, route, status] = key.split(' ');
      return { method, route, status: Number(status), count };
    });
    response.end(JSON.stringify({ total: byEndpoint.reduce((sum, row) => sum + row.count, 0), byEndpoint }));
    return;
  }
  const found = findPattern(url.pathname.replace(/\/?$/, '/'));
  const reply = await serve(request, url, found).catch((error) => {
    if (error instanceof Refusal) return error.reply;
    console.error(error);
    return { status: 500, body: { detail: 'A fault of the test server.' } };
  });
  const key = `${request.method} ${found?.pattern ?? '(unknown)'} ${reply.status}`;
  served[key] = (served[key] ?? 0) + 1;
  if (reply.hangsUp) {
    request.socket.destroy();
    return;
  }
  response.statusCode = reply.status;
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  if (reply.body !== undefined) response.setHeader('Content-Type', 'application/json');
  response.end(reply.body === undefined ? undefined : JSON.stringify(reply.body));
});
server.keepAliveTimeout = 75_000;
server.listen(flags.port, '127.0.0.1', 4096, () =>
  console.log(`listening on http://127.0.0.1:${server.address().port}`),
);

const stop = () => {
  server.close();
  server.closeAllConnections();
  if (process.connected) process.disconnect();
};
for (const event of ['SIGTERM', 'SIGINT', 'disconnect']) process.once(event, stop);

function readFlags() {
  const faults = { 'forget-every': 0, 'double-every': 0, 'hang-up-every': 0, 'never-refuse': 0 };
  const read = { port: 0, stock: 1_000_000, 'token-lifetime': 86_400, ...faults };
  for (let at = 2; at < process.argv.length; at += 2) {
    const name = process.argv[at].replace(/^--/, '');
    if (!(name in read)) throw new Error(`unknown flag ${process.argv[at]}`);
    read[name] = Number(process.argv[at + 1]);
  }
  return read;
}
