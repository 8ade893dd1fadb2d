// The body of a response that was fetched: tells when it has been read, or given up, or collected unread.

const readers = ["arrayBuffer", "blob", "bytes", "formData", "json", "text"] as const;

/** For responses that nobody reads. */
const dropped = new FinalizationRegistry<() => void>((over) => over());

/** `over` is called once the body needs its connection no more, perhaps again later; it must not refer to the response. */
export function whenRead(response: Response, over: () => void): Response {
  const { body } = response;
  if (body === null) {
    over();
    return response;
  }
  dropped.register(response, over);
  for (const name of readers) {
    const read = response[name] as (() => Promise<unknown>) | undefined;
    if (read === undefined) continue;
    Object.defineProperty(response, name, {
      value: () => read.call(response).finally(over),
      configurable: true,
      writable: true,
    });
  }
  let told: ReadableStream<Uint8Array> | undefined;
  const get = (): ReadableStream<Uint8Array> => (told ??= telling(response, body as ReadableStream<Uint8Array>, over));
  Object.defineProperty(response, "body", { get, configurable: true });
  return response;
}

/** As long as the stream of its body is there, a response is in use. */
const responses = new WeakMap<ReadableStream<Uint8Array>, Response>();

/** The body as a stream that tells. */
function telling(response: Response, body: ReadableStream<Uint8Array>, over: () => void): ReadableStream<Uint8Array> {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await (reader ??= body.getReader()).read();
          if (!done) return controller.enqueue(value);
          controller.close();
        } catch (error) {
          controller.error(error);
        }
        over();
      },
      async cancel(reason) {
        over();
        await (reader ?? body).cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  responses.set(stream, response);
  return stream;
}
