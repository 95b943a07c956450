import { LoadwrightError } from '../../errors.js';

/** An end of the run's life: what must be undone whatever happens. */
export type CleanUp = () => Promise<void> | void;

/**
 * Does something, and then in order what it put on its list, all of it whatever fails. What went wrong first is what is
 * thrown; what went wrong afterwards is told with it.
 */
export async function withCleanUps<T>(work: (cleanUps: CleanUp[]) => Promise<T>): Promise<T> {
  const cleanUps: CleanUp[] = [];
  const failures: unknown[] = [];
  let done: { value: T } | undefined;
  try {
    done = { value: await work(cleanUps) };
  } catch (error) {
    failures.push(error);
  }
  for (const cleanUp of cleanUps) {
    try {
      await cleanUp();
    } catch (error) {
      if (!failures.includes(error)) failures.push(error);
    }
  }
  if (failures.length > 0) throw joinFailures(failures);
  return done!.value;
}

function joinFailures([first, ...more]: readonly unknown[]): unknown {
  const told = more.filter((error): error is LoadwrightError => error instanceof LoadwrightError);
  if (!(first instanceof LoadwrightError) || told.length === 0) return first;
  const { code, hint } = first;
  const message = [first, ...told].map((error) => error.message).join('\n\n');
  return new LoadwrightError(code, { message, cause: first, ...(hint === undefined ? {} : { hint }) });
}
