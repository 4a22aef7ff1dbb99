import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { seededRandom } from '@gotk/testkit';
import { describe, expect, test } from 'vitest';
import { compress } from './compress.ts';

const BATCH = 256 * 1024;
const random = seededRandom(7);
const noise = (bytes = BATCH) => Buffer.from(Array.from({ length: bytes }, () => Math.floor(random() * 256)));
const text = (bytes = BATCH) => Buffer.from('kind: ConfigMap\nname: app\n'.repeat(bytes / 20)).subarray(0, bytes);
const base64 = () => Buffer.from(noise().toString('base64')).subarray(0, BATCH);

async function compressed(...batches: readonly Buffer[]): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of compress(batches)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test('what can be made smaller is what gzip makes of it, in one member', async () => {
  for (const batches of [[text(), text()], [base64()], [text(), text(100)], [Buffer.alloc(BATCH)], [Buffer.alloc(0)]])
    expect(await compressed(...batches)).toEqual(gzipSync(Buffer.concat(batches), { level: 1 }));
});

describe('what can not', () => {
  const mixed = [text(), noise(), noise(), text(), base64(), noise(), text(700)];

  test('is stored as it is, and all of it is one file to whoever unpacks it', async () => {
    const archive = await compressed(...mixed);

    expect(gunzipSync(archive)).toEqual(Buffer.concat(mixed));
    expect(execFileSync('gzip', ['-dc'], { input: archive, maxBuffer: 2 ** 24 })).toEqual(Buffer.concat(mixed));
    const stored = await compressed(noise(), noise());
    expect(stored.length).toBeLessThan(2 * BATCH * 1.001);
  });

  test('takes a fraction of the time', async () => {
    const batches = Array.from({ length: 64 }, () => randomBytes(BATCH));
    const cpuMsOf = async (work: () => unknown) => {
      const before = process.cpuUsage();
      await work();
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1_000;
    };
    const whole = Buffer.concat(batches);

    expect(await cpuMsOf(() => compressed(...batches))).toBeLessThan((await cpuMsOf(() => gzipSync(whole, { level: 1 }))) / 2);
  });

  test('is the same bytes each time', async () => {
    expect(await compressed(...mixed)).toEqual(await compressed(...mixed));
  });
});

test('bytes that occur alike because they repeat themselves are compressed', async () => {
  expect((await compressed(Buffer.from(Array.from({ length: BATCH }, (_, index) => index % 256)))).length).toBeLessThan(BATCH / 10);
});

test('an error of whoever makes the batches ends it', async () => {
  function* failing() {
    yield noise();
    yield text();
    throw new Error('no more');
  }
  await expect(async () => {
    for await (const _ of compress(failing()));
  }).rejects.toThrow('no more');
});
