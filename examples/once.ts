// A configuration that five services ask for at the same time is loaded once, by whoever comes first.
// The others wait until that has been done: nobody sees it half loaded.
import { main, sleep, type Routine } from "goro";
import { Once, WaitGroup } from "goro/sync";

interface Config {
  readonly database: string;
  readonly poolSize: number;
}

class ConfigService {
  readonly #once = new Once();
  #config: Config | undefined;

  *get(): Routine<Config> {
    yield* this.#once.do(() => this.#load());
    return this.#config!;
  }

  *#load(): Routine {
    console.log("loading the configuration");
    yield* sleep(50); // a file, a vault, a remote service
    this.#config = { database: "postgres://localhost/shop", poolSize: 8 };
  }
}

main(function* () {
  const configs = new ConfigService();
  const wg = new WaitGroup();
  for (const service of ["orders", "billing", "mail", "search", "stock"]) {
    wg.go(function* () {
      const config = yield* configs.get();
      console.log(`${service} uses ${config.database} with ${config.poolSize} connections`);
    });
  }
  yield* wg.wait();
});
