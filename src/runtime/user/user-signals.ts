/**
 * What pending calls of a user reject with when the run stops. It may be caught to clean up; it is never counted as an
 * exception. A call made after it was caught never settles: the run does not wait for it.
 */
export class UserStopped extends Error {
  override readonly name = 'UserStopped';

  constructor() {
    super('The run has stopped this user.');
  }
}

/** Ends the current task set early. Thrown by `interrupt()`. */
export class TaskInterrupted extends Error {
  override readonly name = 'TaskInterrupted';
}

/** A request that was `required` failed: what follows in the task makes no sense. It is already counted as failed. */
export class RequiredRequestFailed extends Error {
  override readonly name = 'RequiredRequestFailed';
}

/** Ends this user. Thrown by `stopUser()` and `stopRun()`. */
export class UserEnded extends Error {
  override readonly name = 'UserEnded';
}

/** Creating thousands of errors with stacks at the stop instant would be what delays it. */
export const USER_STOPPED = withoutStack(() => new UserStopped());

/** Makes an error that tells who wants to stop and not where, so it needs no stack. */
export function withoutStack<E extends Error>(create: () => E): E {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return create();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
