import type { GitServer } from '@gotk/testkit';
import type { Testbed } from './testbed.ts';

/** Counts what a real Git is asked, by its protocol's commands. */
export async function countingServer(bed: Testbed) {
  const asked: ('ls-refs' | 'fetch')[] = [];
  let listings = 0;
  let mostListings = 0;
  const server: GitServer = await bed.git({
    intercept(request, response) {
      if (request.method !== 'POST') return false;
      request.once('data', (chunk: Buffer) => {
        const command = chunk.includes('command=ls-refs') ? 'ls-refs' : 'fetch';
        asked.push(command);
        if (command !== 'ls-refs') return;
        listings += 1;
        mostListings = Math.max(mostListings, listings);
        response.once('close', () => {
          listings -= 1;
        });
      });
      return false;
    },
  });
  const count = (command: 'ls-refs' | 'fetch') => asked.filter((each) => each === command).length;
  return { server, count, mostListings: () => mostListings };
}
