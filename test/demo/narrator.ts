/** Prints what happens, with the time it took, for a person who reads along. Colours only on a terminal. */
export interface Narrator {
  title(text: string): void;
  chapter(text: string): void;
  /** A step and how long it took. */
  step(what: string, detail: string, elapsedMs?: number): void;
  note(text: string): void;
}

export function createNarrator(out: NodeJS.WriteStream): Narrator {
  const paint = (code: string, text: string) => (out.isTTY ? `\u001b[${code}m${text}\u001b[0m` : text);
  const line = (text = '') => out.write(`${text}\n`);
  let chapters = 0;
  return {
    title: (text) => line(paint('1', text)),
    chapter: (text) => {
      chapters += 1;
      line();
      line(paint('1;36', `${chapters}. ${text}`));
    },
    step: (what, detail, elapsedMs) => {
      const took = elapsedMs === undefined ? '' : renderElapsed(elapsedMs);
      line(`   ${paint('33', took.padStart(8))}  ${what.padEnd(10)} ${detail}`);
    },
    note: (text) => line(`             ${paint('2', text)}`),
  };
}

/** `84 ms` below a second, `1.3 s` from there on. */
export function renderElapsed(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
