import type { GitServer } from '@gotk/testkit';
import type { Testbed } from './testbed.ts';

type Question = 'ls-refs' | 'fetch' | 'fetch of commits alone' | 'fetch without files';

/** Counts what a real Git is asked, by its protocol's commands. */
export async function countingServer(bed: Testbed) {
  const asked: Question[] = [];
  let listings = 0;
  let mostListings = 0;
  const server: GitServer = await bed.git({
    intercept(request, response) {
      if (request.method !== 'POST') return false;
      request.once('data', (chunk: Buffer) => {
        const command = questionIn(chunk);
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
  const count = (question: Question) => asked.filter((each) => each === question).length;
  return { server, count, mostListings: () => mostListings };
}

function questionIn(request: Buffer): Question {
  if (request.includes('command=ls-refs')) return 'ls-refs';
  if (request.includes('filter blob:none')) return 'fetch without files';
  return request.includes('filter tree:0') ? 'fetch of commits alone' : 'fetch';
}
