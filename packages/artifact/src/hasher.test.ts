import { expect, test } from 'vitest';
import { createHasher } from './hasher.ts';

// Of the text `abc`: FIPS 180-4, and the BLAKE3 team's test vectors for the empty input.
test.each([
  ['sha1', 'abc', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
  ['sha256', 'abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ['blake3', '', 'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262'],
  ['blake3', 'abc', '6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85'],
] as const)('%s of %j is what everybody else computes', (algorithm, text, hex) => {
  const hasher = createHasher(algorithm);
  for (const byte of Buffer.from(text)) hasher.update(Buffer.from([byte]));
  expect(hasher.hex()).toBe(hex);
});
