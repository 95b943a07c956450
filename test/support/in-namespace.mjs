// Runs the real command in a network of its own, where the system's limits can be set: to be started by `unshare -rnm`.
// `--ports "40000 40099"`: the range of local ports. `--dns unknown|silent`: a name server that knows no name, or that
// does not answer. What follows `--` are the words of the command; `TARGET` in them is the address of a small server.
import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: { ports: { type: 'string' }, dns: { type: 'string' } },
  allowPositionals: true,
});

function must(program, ...words) {
  const { status, stderr } = spawnSync(program, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${words.join(' ')}: ${stderr}`);
}

const folder = mkdtempSync(join(tmpdir(), 'loadwright-namespace-'));
must('ip', 'link', 'set', 'lo', 'up');
if (values.dns !== undefined) {
  const file = join(folder, 'resolv.conf');
  writeFileSync(file, 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n');
  must('mount', '--bind', file, '/etc/resolv.conf');
  const socket = createSocket('udp4');
  socket.on('message', (question, { port, address }) => {
    if (values.dns === 'silent') return;
    const answer = Buffer.from(question);
    // An answer; recursion is available; the name does not exist.
    answer[2] = 0x81;
    answer[3] = 0x83;
    socket.send(answer, port, address);
  });
  socket.bind(53, '127.0.0.1');
  await once(socket, 'listening');
}

const server = createServer({ keepAliveTimeout: 60_000 }, (_request, response) => response.end('ok'));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
// Not before the server has its port: it is one of them, too.
if (values.ports !== undefined) writeFileSync('/proc/sys/net/ipv4/ip_local_port_range', values.ports);

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const words = positionals.map((word) => word.replace('TARGET', `http://127.0.0.1:${server.address().port}`));
const child = spawn(process.execPath, [main, ...words], { stdio: 'inherit' });
const [code] = await once(child, 'exit');
rmSync(folder, { recursive: true });
process.exit(code);
