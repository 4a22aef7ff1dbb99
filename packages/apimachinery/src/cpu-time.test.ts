import { expect, test } from 'vitest';
import { startCpuTime } from './cpu-time.ts';

test('what is computed takes time, and what is waited for none', async () => {
  const waited = startCpuTime();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(waited()).toBeLessThan(80);

  const computed = startCpuTime();
  while (computed() < 5);
  expect(computed()).toBeGreaterThanOrEqual(5);
});
