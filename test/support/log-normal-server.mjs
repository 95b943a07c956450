// A target that answers in log-normal times around 20 ms, σ 0.5: log-normal-server.mjs [slowdown]
import { createServer } from 'node:http';

const slowdown = Number(process.argv[2] ?? 1);
const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());

const server = createServer({ keepAliveTimeout: 60_000 }, (_, response) => {
  setTimeout(() => response.end('ok'), 20 * slowdown * Math.exp(0.5 * normal()));
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening on http://127.0.0.1:${server.address().port}\n`);
});
process.on('SIGTERM', () => process.exit(0));
