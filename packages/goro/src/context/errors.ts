// How contexts end. Go: context.Canceled, context.DeadlineExceeded
//
// Two objects for the whole program, so that `ctx.err() === canceled` says what happened. Their stacks would name this file.

function ending(message: string): Error {
  const error = new Error(message);
  error.stack = `Error: ${message}`;
  return error;
}

/** What err() gives once a context was cancelled. */
export const canceled: Error = ending("context canceled");
/** What err() gives once a context's deadline has passed. */
export const deadlineExceeded: Error = ending("context deadline exceeded");
