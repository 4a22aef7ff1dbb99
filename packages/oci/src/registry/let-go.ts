import type { HttpAnswer } from '@gotk/auth';

/** What is cheaper to read than to connect anew. */
const SHORT_BYTES = 64 * 1024;

/**
 * Reads an answer of which the status says it all, as far as that is cheaper than to connect anew, and cuts off the rest: its connection is
 * free for the next request. What was read can still be had from what this resolves with. Never throws.
 */
export async function letGo(answer: HttpAnswer): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer.body) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > SHORT_BYTES) break;
    }
  } catch {
    // It was an explanation, and may be missing.
  }
  answer.discard();
  const { url, status, headers } = answer;
  return { url, status, headers, body: inOrder(chunks), bytes: async () => Buffer.concat(chunks), discard: () => undefined };
}

async function* inOrder(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}
