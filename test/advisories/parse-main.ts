// Reads the corpus in a process that has little heap, and a context that Node follows through every call: an overflow of the stack within one may end the
// process instead of throwing (CVE-2025-59466). One line of JSON a text and parser.
import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { CORPUS, PARSERS } from './parsers.ts';

createHook({
  init: () => undefined,
  before: () => undefined,
  after: () => undefined,
  destroy: () => undefined,
  promiseResolve: () => undefined,
}).enable();
const context = new AsyncLocalStorage<string>();

for (const [name, { text, refused, by = Object.keys(PARSERS) }] of Object.entries(CORPUS)) {
  for (const parserName of by) {
    const parser = PARSERS[parserName];
    if (parser === undefined) throw new Error(`no parser ${parserName}`);
    const written = text();
    const before = process.cpuUsage();
    const error = await context.run(name, async () => {
      try {
        await parser.parse(written);
      } catch (thrown) {
        return thrown instanceof Error ? thrown.name : typeof thrown;
      }
      return undefined;
    });
    const { user, system } = process.cpuUsage(before);
    const cpuMs = Math.round((user + system) / 1_000);
    console.log(JSON.stringify({ name, parser: parserName, cpuMs, error: error ?? null, allowed: refused ? parser.errors : [null] }));
  }
}
console.log(JSON.stringify({ done: true }));
