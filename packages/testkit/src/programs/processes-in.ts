import { readdir, readFile } from 'node:fs/promises';

/** Command lines of the processes that work in a directory, as /proc tells by their arguments. Empty where there is no /proc. */
export async function processesIn(directory: string): Promise<readonly string[]> {
  const ids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  // A process may end between the two looks.
  const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter((line) => line.includes(directory)).map((line) => line.split('\0').join(' ').trim());
}
