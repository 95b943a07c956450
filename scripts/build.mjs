// Builds dist/: the library and command from src/, the stock system from examples/stock/server. What is there is only
// replaced by what compiled.
import { execFileSync } from 'node:child_process';
import { chmodSync, renameSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = (relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url));
const fresh = path(`.loadwright/build-${process.pid}`);

function compile(project, outDir) {
  const tsc = path('node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', path(project), '--outDir', outDir], { stdio: 'inherit' });
}

try {
  compile('tsconfig.build.json', fresh);
  compile('examples/stock/server/tsconfig.json', `${fresh}/examples/stock/server`);
  chmodSync(`${fresh}/cli/main.js`, 0o755);
  rmSync(path('dist'), { recursive: true, force: true });
  renameSync(fresh, path('dist'));
} catch {
  process.exitCode = 1;
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
