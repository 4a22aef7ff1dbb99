import { expect, test } from 'vitest';
import { freePort } from './free-port.ts';

test('no port is given twice: who was given it first may be about to listen on it', async () => {
  const ports: number[] = [];
  for (let count = 0; count < 1_000; count++) ports.push(await freePort());
  expect(new Set(ports).size).toBe(1_000);
});
