// What cannot be written into the arena, as the codec sees it.

import { fetchParcel, forgetParcel, keepParcel } from "./parcels.js";

export interface Foreign {
  /** Keeps a value, this side's own already, until the one core that reads it fetches it. Returns its number. */
  keep(value: unknown, transfer: readonly object[]): number;
  /** Fetches what processor `owner` keeps under a number. Once. */
  fetch(owner: number, number: number): unknown;
  /** It will not be fetched. */
  forget(owner: number, number: number): void;
}

export const foreign: { readonly ports: Foreign } = {
  ports: { keep: keepParcel, fetch: fetchParcel, forget: forgetParcel },
};
