// The load generator: so many connections, each with one request under way, for so long. Every answer is checked.
//
//   node load.mjs '{"port":8080,"seconds":3,"groups":[{"path":"/","expect":"hello","connections":64}]}'
//
// Prints JSON: for each group requests per second, latencies in milliseconds and how many answers were wrong.
import { pathToFileURL } from "node:url";
import { openClient } from "./client.mjs";

const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? NaN;

export async function load({ port, seconds, warmUp = 0.5, groups }) {
  const results = groups.map(() => ({ latencies: [], problems: new Map() }));
  let counting = false;
  let running = true;
  const clients = groups.flatMap((group, i) =>
    Array.from({ length: group.connections }, () => {
      const { latencies, problems } = results[i];
      const client = openClient({ port, ...group }, (ms, problem) => {
        if (problem !== undefined) problems.set(problem, (problems.get(problem) ?? 0) + 1);
        else if (counting) latencies.push(ms);
        if (running) client.send();
      });
      return client;
    }),
  );
  await Promise.all(clients.map((client) => client.opened));
  for (const client of clients) client.send();
  await new Promise((resolve) => setTimeout(resolve, warmUp * 1000));
  const start = performance.now();
  counting = true;
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  counting = running = false;
  const took = (performance.now() - start) / 1000;
  for (const client of clients) client.close();
  return results.map(({ latencies, problems }, i) => {
    const sorted = Float64Array.from(latencies).sort();
    return {
      path: groups[i].path,
      perSecond: sorted.length / took,
      requests: sorted.length,
      p50: quantile(sorted, 0.5),
      p99: quantile(sorted, 0.99),
      max: sorted.at(-1) ?? NaN,
      problems: Object.fromEntries(problems),
    };
  });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(JSON.stringify(await load(JSON.parse(process.argv[2]))));
  process.exit();
}
