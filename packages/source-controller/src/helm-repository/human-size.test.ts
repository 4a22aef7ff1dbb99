import { expect, test } from 'vitest';
import { humanSize } from './human-size.ts';

test.each([
  [0, '0B'],
  [999, '999B'],
  [1_000, '1kB'],
  [30_884, '30.88kB'],
  [52_428_800, '52.43MB'],
  [2_000_000_000, '2GB'],
])('%i bytes are shown as %s', (bytes, shown) => {
  expect(humanSize(bytes)).toBe(shown);
});
