import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import { ANONYMOUS } from '@gotk/auth';
import { expect, test } from 'vitest';
import { connect } from './connection.ts';

test('an address with any number of slashes holds up nobody', async () => {
  const spentMs = startCpuTime();
  const remote = { url: new URL(`https://git.invalid/${'/'.repeat(200_000)}app`), access: ANONYMOUS };
  await using connection = connect(remote);

  expect(connection.sendsAny).toBeUndefined();
  expect(spentMs()).toBeLessThan(4_000);
});
