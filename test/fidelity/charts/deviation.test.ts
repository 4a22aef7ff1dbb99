import { describe, expect, test } from 'vitest';
import { compareTexts, compareTrees } from './deviation.ts';

const encode = (text: string): string => Buffer.from(text).toString('base64');

describe('what the real program makes the same every time', () => {
  test('is the same, whatever the order of keys', () => {
    expect(compareTrees({ first: { a: 1, b: [2] } }, { b: [2], a: 1 })).toEqual({ random: 0 });
  });

  test('is to be met to the letter', () => {
    const tree = (password: string) => ({ data: { password } });
    expect(compareTrees({ first: tree('aaaa1111'), second: tree('aaaa1111') }, tree('bbbb2222')).difference).toBe(
      'data.password: expected "aaaa1111", got "bbbb2222"',
    );
  });

  test.each([
    { what: 'of another type', real: { a: '1' }, ours: { a: 1 }, difference: 'a: expected "1", got 1' },
    { what: 'missing', real: { a: 1, b: 2 }, ours: { a: 1 }, difference: 'b: expected 2, got nothing' },
    { what: 'too many', real: { a: [1] }, ours: { a: [1, 2] }, difference: 'a.1: expected nothing, got 2' },
    { what: 'a list for a map', real: { a: [] }, ours: { a: {} }, difference: 'a: expected [], got {}' },
  ])('differs when it is $what', ({ real, ours, difference }) => {
    expect(compareTrees({ first: real, second: real }, ours).difference).toBe(difference);
  });

  test('differs in a line of a text', () => {
    expect(compareTexts({ first: 'a\nb\n', second: 'a\nb\n' }, 'a\nc\n', 'notes').difference).toBe('notes line 2: expected "b", got "c"');
  });
});

describe('what the real program draws at random', () => {
  test('is compared by its shape and counted', () => {
    const pod = (password: string) => ({ a: 1, password });
    expect(compareTrees({ first: pod('Xy3-abcd'), second: pod('9kQ-zzzz') }, pod('aaa-1234'))).toEqual({ random: 1 });
  });

  test('differs in length and in what stands between letters', () => {
    const real = { first: { id: 'Xy3-abcd' }, second: { id: '9kQ-zzzz' } };
    expect(compareTrees(real, { id: 'Xy3-abc' }).difference).toBeDefined();
    expect(compareTrees(real, { id: 'Xy3abcd-' }).difference).toBeDefined();
  });

  test('is looked at within base64, where certificates are of many lengths', () => {
    const pem = (body: string) => encode(`-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`);
    expect(compareTrees({ first: { crt: pem('MIIa') }, second: { crt: pem('MIIbcd') } }, { crt: pem('MIIxyz12') })).toEqual({ random: 1 });
    const key = encode('-----BEGIN EC PRIVATE KEY-----\nMIIa\n-----END EC PRIVATE KEY-----\n');
    expect(compareTrees({ first: { crt: pem('MIIa') }, second: { crt: pem('MIIbcd') } }, { crt: key }).difference).toBeDefined();
  });

  test('is compared line by line, and the other lines to the letter', () => {
    const real = { first: 'user: a\nhash: 1111\n', second: 'user: a\nhash: 2222\n' };
    expect(compareTexts(real, 'user: a\nhash: 3333\n', 'text')).toEqual({ random: 1 });
    expect(compareTexts(real, 'user: b\nhash: 3333\n', 'text').difference).toBe('text line 1: expected "user: a", got "user: b"');
  });

  test('is compared as a whole where it has more lines one time than another', () => {
    const pem = (body: string) => `-----BEGIN KEY-----\n${body}\n-----END KEY-----\n`;
    expect(compareTexts({ first: pem('a'), second: pem('a\nb') }, pem('a\nb\nc'), 'text')).toEqual({ random: 1 });
  });
});
