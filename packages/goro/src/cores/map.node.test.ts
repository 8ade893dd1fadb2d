import { scenarios } from "./testkit.sync.js";

scenarios("cores-sync-map.mjs", {
  keys: "sync.Map between cores: keys of every kind, compared as Map compares them, in the order in which they came",
  values: "sync.Map between cores: values are copied, what is shared stays itself",
  random: "sync.Map between cores: compound operations are one step, and each core finds what it stored",
  churn: "sync.Map between cores: range goes on while others delete and clear",
  refusals: "sync.Map between cores: what cannot be a key or a value is refused by name, and nothing has changed",
});
scenarios(
  "cores-sync-map.mjs",
  { givesBack: "sync.Map between cores: what is deleted, replaced or cleared is given back" },
  { GOROARENA: "4" },
);
