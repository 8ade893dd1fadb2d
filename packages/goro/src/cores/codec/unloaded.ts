// Parallel functions that a value mentions on a core that has not loaded their module.

import { nameOf } from "../functions.js";

/** Set by who loads modules: makes what stands for the function with a number until then. */
export const unloaded: { stand: (number: number) => object } = {
  stand(number) {
    const { url, name } = nameOf(number);
    const inline = (): never => {
      throw new Error(`${name}: this core has not loaded ${url}, which declares it`);
    };
    return Object.defineProperty(inline, "name", { value: name, configurable: true });
  },
};
