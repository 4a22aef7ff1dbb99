import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { by, failure, poolBed } from '../../test/pool-bed.ts';

const MIB = 1024 * 1024;

describe('what goes to a thread', () => {
  test('is refused above the limit, before it holds up the main thread', async () => {
    await using bed = poolBed({ maxInputMiB: 1 });
    expect(await failure(bed.pool.run('bytesOf', new ArrayBuffer(MIB + 1), by('a/web')))).toMatchObject({
      kind: 'too-large',
      message: 'bytesOf was given more than 1 MiB',
    });
    expect(await bed.pool.run('bytesOf', new ArrayBuffer(MIB), by('a/web'))).toBe(MIB);
    expect(bed.events.filter(({ kind }) => kind === 'started')).toHaveLength(1);
  });

  test('may be of any size if it is moved rather than copied', async () => {
    await using bed = poolBed({ maxInputMiB: 1 });
    const buffer = new ArrayBuffer(16 * MIB);
    expect(await bed.pool.run('bytesOf', buffer, by('a/web', { transfer: [buffer] }))).toBe(16 * MIB);
    expect(buffer.byteLength).toBe(0);
  });
});

test('what comes back is refused above the limit, and the thread goes on', async () => {
  await using bed = poolBed({ maxResultMiB: 1 });
  const thread = await bed.pool.run('thread', undefined, by('a/web'));
  expect(await failure(bed.pool.run('text', MIB + 1, by('a/web')))).toMatchObject({
    kind: 'too-large',
    message: 'text has a result of more than 1 MiB',
  });
  expect(await bed.pool.run('text', MIB, by('a/web'))).toHaveLength(MIB);
  expect(await bed.pool.run('thread', undefined, by('a/web'))).toBe(thread);
});

describe.runIf(process.platform === 'linux')('a thread’s priority', () => {
  test('is below that of the main thread, and lower still in the slow lane', async () => {
    await using bed = poolBed();
    expect(await bed.pool.run('niceness', undefined, by('a/sane'))).toBe(12);
    await failure(bed.pool.run('exit', 1, by('a/ill')));
    expect(await bed.pool.run('niceness', undefined, by('a/ill'))).toBe(19);
    expect(await bed.pool.run('niceness', undefined, by('a/sane'))).toBe(12);
  });

  test('is not that of the threads which all share for access to files', async () => {
    const script = fileURLToPath(new URL('../../test/pool-niceness.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [script]);
    expect((JSON.parse(stdout) as readonly number[]).filter((nice) => nice > 0)).toEqual([12]);
  });
});

test('a thread has the stack that it was promised', async () => {
  const depth = 100_000;
  await using bed = poolBed();
  expect(await failure(bed.pool.run('recurse', depth, by('a/web')))).toMatchObject({
    kind: 'error',
    message: expect.stringContaining('call stack'),
  });
  await using deep = poolBed({ stackMiB: 32 });
  expect(await deep.pool.run('recurse', depth, by('a/web'))).toBe(depth);
});
