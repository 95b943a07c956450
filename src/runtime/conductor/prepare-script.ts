import type { ScriptReference } from '../protocol.js';
import { forgetInProcessTest, keepInProcessTest } from '../user/in-process-tests.js';
import type { RunRequest } from './run-request.js';
import type { CleanUp } from './with-clean-ups.js';

/** Where a run's definitions are found: a file is bundled, a test given as an object stays in this process. */
export async function prepareScript(request: RunRequest, cleanUps: CleanUp[]): Promise<ScriptReference> {
  const { source } = request;
  if (source.type === 'test') {
    const id = keepInProcessTest(source.test);
    cleanUps.push(() => forgetInProcessTest(id));
    return { type: 'in-process', id };
  }
  const { bundleScript } = await import('./bundle-script.js');
  const bundle = await bundleScript(source.path);
  cleanUps.push(() => bundle.remove());
  return { type: 'file', url: bundle.url };
}
