import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fakeClock } from '@gotk/testkit';
import { describe, expect, test } from 'vitest';
import { type Answer, artifactServer, sha256 } from '../test/artifact-server.ts';
import { testDirectory } from '../test/tar.ts';
import { type FetchOptions, fetchArtifact } from './fetch.ts';
import { createHasher, DIGEST_ALGORITHMS } from './hasher.ts';

const CONTENT = 'the artifact';

interface Fetched {
  readonly content: string | undefined;
  readonly error: unknown;
  readonly requests: readonly string[];
  /** Pauses between attempts, in milliseconds. */
  readonly slept: readonly number[];
}

/** Fetches from a server that answers so; the pauses take no time. */
async function fetched(
  answer: Answer,
  { digest = sha256(CONTENT), ...options }: Partial<FetchOptions> & { readonly digest?: string } = {},
): Promise<Fetched> {
  await using server = await artifactServer(answer);
  await using work = await testDirectory();
  const slept: number[] = [];
  const clock = { ...fakeClock(), sleep: async (ms: number) => void slept.push(ms) };
  const file = join(work.directory, 'artifact');
  const error = await fetchArtifact({ url: `${server.url}/a.tar.gz`, digest }, file, {
    clock,
    signal: new AbortController().signal,
    maxBytes: 1_000,
    retries: 0,
    ...options,
  }).catch((reason: unknown) => reason);
  const content = error === undefined ? await readFile(file, 'utf8') : undefined;
  return { content, error, requests: server.requests, slept };
}

/** Answers the first so often with the one, then with the other. */
function first(times: number, [one, then]: readonly [Answer, Answer]): Answer {
  let count = 0;
  return (response, request) => (count++ < times ? one : then)(response, request);
}

const good: Answer = (response) => response.end(CONTENT);
const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    response.writeHead(code, headers).end('no');

describe('an artifact', () => {
  test.each(DIGEST_ALGORITHMS)('is fetched and checked by %s', async (algorithm) => {
    const hasher = createHasher(algorithm);
    hasher.update(Buffer.from(CONTENT));
    const digest = `${algorithm}:${hasher.hex()}`;

    expect(await fetched(good, { digest })).toMatchObject({ error: undefined, content: CONTENT });
  });

  test('may be as large as allowed', async () => {
    expect(await fetched(good, { maxBytes: CONTENT.length })).toMatchObject({ content: CONTENT });
  });

  test('is asked for elsewhere when told so', async () => {
    await using elsewhere = await artifactServer(good);
    const { content, requests } = await fetched(status(500), { hostOverride: new URL(elsewhere.url).host });

    expect(content).toBe(CONTENT);
    expect(requests).toEqual([]);
    expect(elsewhere.requests).toEqual(['/a.tar.gz']);
    expect((await fetched(good, { hostOverride: '' })).content).toBe(CONTENT);
  });
});

describe('an artifact that is not what its digest says is refused,', () => {
  test('and not asked for again', async () => {
    const { error, requests } = await fetched((response) => response.end('something else'), { retries: 5 });

    expect(error).toMatchObject({ name: 'ArtifactError', kind: 'digest-mismatch' });
    expect(requests).toHaveLength(1);
  });

  test.each(['', 'sha256:', 'md5:d41d8cd98f00b204e9800998ecf8427e', `sha256:${'../'.repeat(20)}`, 'sha256:abc', `crc32:${'0'.repeat(64)}`])(
    'as is the digest %j, before anything is asked for',
    async (digest) => {
      const { error, requests } = await fetched(good, { digest, retries: 5 });

      expect(error).toMatchObject({ name: 'ArtifactError', kind: 'digest-mismatch' });
      expect(requests).toEqual([]);
    },
  );
});

describe('a server that', () => {
  test.each([404, 410])('answers %i no longer has it: asking again would not help', async (code) => {
    const { error, requests } = await fetched(status(code), { retries: 5 });

    expect(error).toMatchObject({ name: 'ArtifactError', kind: 'gone' });
    expect(requests).toHaveLength(1);
  });

  test.each([500, 502, 503, 429])('answers %i is asked again, after pauses that grow up to a limit', async (code) => {
    const { content, requests, slept } = await fetched(first(7, [status(code), good]), { retries: 7 });

    expect(content).toBe(CONTENT);
    expect(requests).toHaveLength(8);
    expect(slept).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]);
  });

  test('keeps failing is given up after so many retries', async () => {
    const { error, requests } = await fetched(status(503), { retries: 2 });

    expect(error).toMatchObject({ name: 'ArtifactError', kind: 'unreachable', message: expect.stringContaining('503') });
    expect(requests).toHaveLength(3);
  });

  test.each([301, 302, 307, 308])('redirects with %i is not followed', async (code) => {
    await using target = await artifactServer(good);

    expect((await fetched(status(code, { location: `${target.url}/a.tar.gz` }))).error).toMatchObject({ name: 'ArtifactError' });
    expect(target.requests).toEqual([]);
  });

  test('hangs up in the middle is asked again, and what came before is forgotten', async () => {
    const half: Answer = (response) => {
      response.writeHead(200, { 'content-length': CONTENT.length });
      response.write(CONTENT.slice(0, 5), () => response.destroy());
    };

    expect(await fetched(first(1, [half, good]), { retries: 1 })).toMatchObject({ error: undefined, content: CONTENT });
  });

  test('sends a part alone, as if that were all, is refused', async () => {
    expect((await fetched((response) => response.end(CONTENT.slice(0, 5)))).error).toMatchObject({ kind: 'digest-mismatch' });
    expect((await fetched((response) => response.writeHead(206).end(CONTENT))).error).toMatchObject({ name: 'ArtifactError' });
  });

  test('sends more than allowed is cut off, and not asked again', async () => {
    const endless: Answer = (response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(1_000)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    };
    const { error, requests } = await fetched(endless, { retries: 5 });

    expect(error).toMatchObject({ name: 'ArtifactError', kind: 'too-large', message: expect.stringContaining('1000 bytes') });
    expect(requests).toHaveLength(1);
  });

  test('is not there is unreachable', async () => {
    expect((await fetched(good, { hostOverride: '127.0.0.1:1' })).error).toMatchObject({ name: 'ArtifactError', kind: 'unreachable' });
  });
});

test.each(['', 'no url', '/path', 'file:///etc/passwd', 'http://[', 'ftp://host/x'])('the address %j is refused', async (url) => {
  const slept: number[] = [];
  const clock = { ...fakeClock(), sleep: async (ms: number) => void slept.push(ms) };
  const options = { clock, signal: new AbortController().signal, maxBytes: 1_000, retries: 3 };

  await expect(fetchArtifact({ url, digest: sha256('') }, '/nowhere', options)).rejects.toMatchObject({
    name: 'ArtifactError',
    kind: 'unreachable',
  });
  expect(slept).toEqual([]);
});

test('no message holds what may be secret in an address', async () => {
  const options = { clock: fakeClock(), signal: new AbortController().signal, maxBytes: 1_000, retries: 0 };
  const url = 'http://user:CANARY@127.0.0.1:1/a?token=CANARY';

  await expect(fetchArtifact({ url, digest: sha256('') }, '/nowhere', options)).rejects.toMatchObject({
    message: expect.not.stringContaining('CANARY'),
  });
});

describe('an aborted signal ends it with its reason', () => {
  const reason = new Error('overtaken');
  const soon = () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(reason), 40);
    return abort.signal;
  };

  test.each<[string, Answer]>([
    ['while the server keeps silent', () => undefined],
    ['while the answer stalls', (response) => void response.writeHead(200).write('the')],
  ])('%s', async (_, answer) => {
    expect((await fetched(answer, { signal: soon(), retries: 5 })).error).toBe(reason);
  });

  test('before it starts, and during a pause', async () => {
    expect((await fetched(good, { signal: AbortSignal.abort(reason) })).error).toBe(reason);
    const abort = new AbortController();
    const clock = { ...fakeClock(), sleep: async () => abort.abort(reason) };
    expect((await fetched(status(503), { clock, signal: abort.signal, retries: 5 })).error).toBe(reason);
  });
});

test.each<[string, Answer]>([
  ['before it answers', () => undefined],
  ['within its answer', (response) => void response.writeHead(200).write('the')],
])('a server that falls silent %s is given up after half a minute', async (_when, answer) => {
  const clock = fakeClock();
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const pending = fetched(
    (response, request) => {
      answer(response, request);
      resolve();
    },
    { clock },
  );
  await asked;
  await clock.advance(31_000);

  expect((await pending).error).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('30000 ms') });
});
