import { describe, expect, test } from 'vitest';
import { createKnownTexts } from './known-texts.ts';

function known(...texts: readonly string[]) {
  const set = createKnownTexts();
  for (const text of texts) set.add(text);
  return set;
}
const found = (set: ReturnType<typeof known>, text: string) => set.findIn(text).map(({ start, end }) => text.slice(start, end));

describe('known texts', () => {
  test('are found wherever they are, at the edges too', () => {
    const set = known('hunter2', 'letmein', 'sesame');
    expect(found(set, 'hunter2 said letmein, hunter, and sesame')).toEqual(['hunter2', 'letmein', 'sesame']);
    expect(found(set, '')).toEqual([]);
    expect(found(set, 'short')).toEqual([]);
    expect(found(set, 'nothing of them here')).toEqual([]);
    expect(found(createKnownTexts(), 'hunter2')).toEqual([]);
  });

  test('are found in their longest form', () => {
    const set = known('secret', 'secret-1', 'secret-1-abc', 'secret-1-abd', 'secret-2-long-one');
    expect(found(set, 'secret-1-abcd')).toEqual(['secret-1-abc']);
    expect(found(set, 'secret-1-abz')).toEqual(['secret-1']);
    expect(found(set, 'secret-2-long-on')).toEqual(['secret']);
  });

  test('that overlap are all found', () => {
    expect(found(known('abcdefgh', 'fghijklm'), 'abcdefghijklm')).toEqual(['abcdefgh', 'fghijklm']);
  });

  test('that have other characters than ASCII are found', () => {
    expect(found(known('pässwörd', '🙂🙂🙂🙂'), 'x pässwörd y 🙂🙂🙂🙂')).toEqual(['pässwörd', '🙂🙂🙂🙂']);
  });

  test('are there until they were removed as often as they were added', () => {
    const set = known('hunter2', 'hunter2', 'hunter3');
    set.remove('hunter2');
    expect(found(set, 'hunter2 hunter3')).toEqual(['hunter2', 'hunter3']);
    set.remove('hunter2');
    set.remove('hunter2');
    set.remove('never there');
    expect(found(set, 'hunter2 hunter3')).toEqual(['hunter3']);
    set.remove('hunter3');
    expect(found(set, 'hunter2 hunter3')).toEqual([]);
  });

  test.each(['short', 'x'.repeat(97)])('of a length that is not looked for are refused (%s)', (text) => {
    expect(() => known(text)).toThrow('cannot be looked for');
  });

  test('are found however many there are', () => {
    const texts = Array.from({ length: 5_000 }, (_, index) => `${String(index).padStart(4, '0')}-text-${index}`);
    const set = known(...texts);
    expect(found(set, texts.join(' '))).toEqual(texts);
    for (const text of texts.slice(10)) set.remove(text);
    expect(found(set, texts.join(' '))).toEqual(texts.slice(0, 10));
  });

  test('are those that a plain search finds, whatever they are', () => {
    // A small alphabet, so that texts share their beginnings and overlap; a generator of its own, so that a failure can be repeated.
    let seed = 42;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return (seed >>> 8) % below;
    };
    const word = (length: number) => Array.from({ length }, () => 'ab'[random(2)]).join('');
    for (let round = 0; round < 200; round += 1) {
      const texts = Array.from({ length: 1 + random(12) }, () => word(6 + random(10)));
      const text = word(200);
      const covered = (spans: readonly { readonly start: number; readonly end: number }[]) =>
        Array.from(text, (_, index) => spans.some(({ start, end }) => start <= index && index < end));
      const plain = texts.flatMap((each) =>
        Array.from(text, (_, start) => start)
          .filter((start) => text.startsWith(each, start))
          .map((start) => ({ start, end: start + each.length })),
      );
      expect(covered(known(...texts).findIn(text))).toEqual(covered(plain));
    }
  });
});
