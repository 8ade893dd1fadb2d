// "goro/context": Go's context, joined to the platform's AbortSignal.

export type { Context } from "./context.js";
export { canceled, deadlineExceeded } from "./errors.js";
export { fromSignal } from "./from-signal.js";
export {
  afterFunc,
  background,
  cause,
  todo,
  withCancel,
  withCancelCause,
  withDeadline,
  withDeadlineCause,
  withoutCancel,
  withTimeout,
  withTimeoutCause,
  withValue,
  type CancelCauseFunc,
  type CancelFunc,
} from "./with.js";
