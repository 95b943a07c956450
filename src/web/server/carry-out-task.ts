import { replayRecording } from '../../reporters/replay-recording.js';
import { formatPageData } from '../format-page-data.js';
import { PageModel } from '../page-model.js';
import type { FromTask, KeptFile, PageTask } from './page-messages.js';
import { describeError } from './problem.js';

/** Does what a thread was begun for; what cannot be done is said as a person is told it. */
export async function carryOutTask(task: PageTask): Promise<FromTask> {
  try {
    const text = task.type === 'show' ? await show(task) : await compare(task);
    return { type: 'done', text: new TextEncoder().encode(text) };
  } catch (error) {
    const { message, ...rest } = describeError(error);
    const files = task.type === 'show' ? [task.file] : [task.baseline, task.candidate];
    const told = files.reduce((text, { path, name }) => text.replaceAll(path, name), message);
    return { type: 'failed', error: { ...rest, message: told } };
  }
}

async function show({ source, file }: Extract<PageTask, { type: 'show' }>): Promise<string> {
  if (source === 'recording') return await replay(file.path);
  const [{ readResultDocument }, { pageOfResult }] = await Promise.all([
    import('../../reporters/result/read-document.js'),
    import('../page-of-result.js'),
  ]);
  return formatPageData(pageOfResult(await readResultDocument(file.path)));
}

async function replay(recording: string): Promise<string> {
  const model = new PageModel();
  const reporter = { name: 'page', onEvent: model.onEvent.bind(model) };
  await replayRecording({ path: recording, reporters: [reporter] });
  return formatPageData(model.read()!);
}

async function compare({ baseline, candidate, tolerance }: Extract<PageTask, { type: 'compare' }>): Promise<string> {
  // The page of the run that goes on needs none of it.
  const [{ openRun }, { compareOpened }, { describeComparison }] = await Promise.all([
    import('../../reporters/compare/open-run.js'),
    import('../../reporters/compare/comparison-report.js'),
    import('../../reporters/compare/comparison-document.js'),
  ]);
  const open = async ({ path, name }: KeptFile) => ({ ...(await openRun(path)), path: name });
  return JSON.stringify(describeComparison(compareOpened(await open(baseline), await open(candidate), tolerance)));
}
