import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import { describe, expect, test } from 'vitest';
import { setFileValues, setValues } from './set-values.ts';

const refused = (kind: string, message: RegExp): unknown => expect.objectContaining({ kind, message: expect.stringMatching(message) });

describe('row 19: a text that sets values', () => {
  test('with an index of eleven digits is an error', () => {
    expect(() => setValues({}, 'set', 'a[99999999999]=1')).toThrow(
      refused('invalid-values', /^index of 99999999999 is greater than maximum supported index of 65536$/),
    );
    expect(() => setValues({}, 'set-literal', 'a[99999999999]=1')).toThrow(refused('invalid-values', /maximum supported index/));
  });

  test('with an index of a million digits is an error at once', () => {
    const spentMs = startCpuTime();
    expect(() => setValues({}, 'set', `a[${'9'.repeat(1_000_000)}]=1`)).toThrow(refused('invalid-values', /value out of range$/));
    expect(spentMs()).toBeLessThan(2_000);
  });

  test('with a hundred thousand indices one in the other is an error', () => {
    for (const flag of ['set', 'set-string', 'set-literal', 'set-json'] as const) {
      expect(() => setValues({}, flag, `a${'[0]'.repeat(100_000)}=1`)).toThrow(refused('too-large', /nested more than 100 deep/));
    }
    expect(() => setValues({}, 'set', `${'a[0].'.repeat(100_000)}b=1`)).toThrow(refused('too-large', /nested more than 100 deep/));
  });

  test('with a hundred thousand names one in the other is an error', () => {
    expect(() => setValues({}, 'set', `${'a.'.repeat(100_000)}b=1`)).toThrow(
      refused('invalid-values', /^value name nested level is greater than maximum supported nested level of 30$/),
    );
  });

  test('that asks for a hundred thousand long lists is an error', () => {
    const text = Array.from({ length: 100_000 }, (_, at) => `a${at}[65535]=1`).join(',');
    expect(() => setValues({}, 'set', text)).toThrow(refused('too-large', /more than 1000000 items$/));
  });

  test('with JSON a hundred thousand deep is an error', () => {
    expect(() => setValues({}, 'set-json', `a=${'['.repeat(100_000)}${']'.repeat(100_000)}`)).toThrow(
      refused('invalid-values', /nested more deeply/),
    );
  });

  test('sets keys of the prototype as keys', () => {
    const values = setValues({}, 'set', '__proto__.polluted=1,constructor.prototype.polluted=1,a[0].__proto__.polluted=1');
    expect(Object.keys(values)).toEqual(['__proto__', 'constructor', 'a']);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('never ends otherwise than with values or an error that has a kind', () => {
    const characters = ['a', '.', '[', ']', '=', ',', '{', '}', '\\', '0', '1', '-', '"', ' '];
    for (let seed = 0; seed < 1_000; seed++) {
      let [state, text] = [seed * 2654435761 + 1, ''];
      for (let at = 0; at < 12; at++) {
        state = (Math.imul(state, 1103515245) + 12345) >>> 0;
        text += characters[(state >>> 16) % characters.length];
      }
      for (const flag of ['set', 'set-literal', 'set-json'] as const) {
        try {
          setValues({ a: [1, { a: 1 }] }, flag, text);
        } catch (error) {
          expect(error, `${flag} ${text}`).toMatchObject({ name: 'HelmError' });
        }
      }
    }
  });
});

test('what cannot be read for --set-file is the error of whoever reads', () => {
  const failing = (): string => {
    throw new Error('no such file');
  };
  expect(() => setFileValues({}, 'a=b', failing)).toThrow('no such file');
});
