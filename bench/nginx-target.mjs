// nginx as a target that is never the bottleneck: a fixed JSON answer, and 100 KB at /large, counted by its stub_status.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BODY = JSON.stringify({
  count: 200,
  next: null,
  previous: null,
  results: [{ id: 'a3c1', name: '상품 17', price: '1199.00' }],
});

const LARGE = 100_000;

export const isNginxInstalled = () => spawnSync('nginx', ['-v']).error === undefined;

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts nginx on one core; `served` asks how many requests it has answered. */
export async function startNginx({ core }) {
  const folder = mkdtempSync(join(tmpdir(), 'loadwright-nginx-'));
  const port = await freePort();
  const config = join(folder, 'nginx.conf');
  writeFileSync(join(folder, 'large'), Buffer.alloc(LARGE, 'x'));
  writeFileSync(
    config,
    `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log; worker_rlimit_nofile 20000;
user root;
events { worker_connections 15000; }
http {
  access_log off; open_file_cache max=10; sendfile on; keepalive_requests 1000000000; keepalive_timeout 7200s; client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi; uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server {
    listen 127.0.0.1:${port} backlog=8192;
    location / { default_type application/json; add_header vary accept; return 200 '${BODY}'; }
    location = /__count { stub_status; }
    location = /large { root ${folder}; default_type text/plain; }
  }
}
`,
  );
  const words = ['-c', String(core), 'nginx', '-p', folder, '-c', config];
  const child = spawn('taskset', words, { stdio: ['ignore', 'ignore', 'inherit'] });
  const url = `http://127.0.0.1:${port}`;
  const served = async () => {
    const text = await (await fetch(`${url}/__count`)).text();
    return Number(/^ \d+ \d+ (\d+)/m.exec(text)[1]);
  };
  for (let attempt = 0; ; attempt++) {
    try {
      await served();
      break;
    } catch (error) {
      if (attempt === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  const stop = async () => {
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await exited;
    rmSync(folder, { recursive: true });
  };
  return { url, served, stop };
}
