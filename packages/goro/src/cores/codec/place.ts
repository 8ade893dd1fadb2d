// Where in a value something stands, in words: "argument 2.callbacks[0]".

/** What a key in a path means. */
export const Place = { member: 0, element: 1, key: 2, value: 3, setMember: 4 } as const;
export type Place = (typeof Place)[keyof typeof Place];

const isIdentifier = /^[A-Za-z_$][\w$]*$/;
/** The way from a container to what it has under a key. */
export function step(key: string | number, place: Place): string {
  switch (place) {
    case Place.key:
      return ` key ${key}`;
    case Place.value:
      return ` value ${key}`;
    case Place.setMember:
      return ` member ${key}`;
    case Place.element:
      if (typeof key === "number" || /^\d+$/.test(key)) return `[${key}]`;
  }
  return isIdentifier.test(key as string) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
