import { readdirSync, readFileSync } from 'node:fs';

/** Of every thread of this process, as the kernel sees it: the 19th field, counted after the name in brackets. */
export const niceness = (): readonly number[] => readdirSync('/proc/self/task').map((id) => nicenessOf(`/proc/self/task/${id}/stat`));

export const nicenessOf = (statFile: string): number => Number(readFileSync(statFile, 'utf8').split(') ')[1]?.split(' ')[16]);
