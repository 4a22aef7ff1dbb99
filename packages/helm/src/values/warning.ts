/** What Helm would log about a chart or its values, and goes on. */
export interface Warning {
  /** In Helm's words. */
  readonly message: string;
  /** What it is about, by name, when the message does not say. */
  readonly about: Readonly<Record<string, string>>;
}

/** Takes warnings; the same one more than once, because Helm merges the same values more than once. */
export type Warn = (message: string, about?: Readonly<Record<string, string>>) => void;

/** Each warning once, in the order in which they came. */
export function collectWarnings(): { readonly warn: Warn; readonly warnings: () => readonly Warning[] } {
  const seen = new Map<string, Warning>();
  return {
    warn(message, about = {}) {
      const key = JSON.stringify([message, about]);
      if (!seen.has(key)) seen.set(key, { message, about });
    },
    warnings: () => [...seen.values()],
  };
}
