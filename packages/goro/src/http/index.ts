// "goro/http": a server whose handlers are goroutines, the same handlers inside other servers, and fetch as an Op.
// Go: net/http

export {
  fastify,
  fetchHandler,
  hono,
  nodeHandler,
  type FastifyReply,
  type FastifyRequest,
  type HonoContext,
  type NodeRequest,
  type NodeResponse,
} from "./adapters.js";
export { ClientGone, HttpError, ServerClosed } from "./errors.js";
export type { Handler } from "./exchange.js";
export { Client, fetch, type ClientOptions } from "./fetch.js";
export type { HandlerPanic, RequestOptions, ServeOptions } from "./options.js";
export { remoteAddress } from "./request.js";
export { Response, type Chunk, type ResponseBody, type ResponseConstructor } from "./response.js";
export { serve, type Server, type ServerStats } from "./serve.js";
