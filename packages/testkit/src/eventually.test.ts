import { expect, test } from 'vitest';
import { eventually } from './eventually.ts';

test('an assertion that comes true in time passes, with its value', async () => {
  let tries = 0;
  const value = await eventually(
    () => {
      tries += 1;
      expect(tries).toBeGreaterThan(2);
      return `after ${tries}`;
    },
    { intervalMs: 1 },
  );
  expect(value).toBe('after 3');
});

test('an assertion that stays false fails with its own last message', async () => {
  let tries = 0;
  const never = eventually(
    () => {
      tries += 1;
      throw new Error(`still ${tries > 1 ? 'false' : 'new'}`);
    },
    { timeoutMs: 20, intervalMs: 1 },
  );
  await expect(never).rejects.toThrow('still false');
});
