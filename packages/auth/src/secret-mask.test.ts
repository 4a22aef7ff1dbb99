import { randomBytes } from 'node:crypto';
import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import { describe, expect, test } from 'vitest';
import { createSecretMask } from './secret-mask.ts';

const CANARY = 'p@ss/w+rd "ünd" \\ cänäry';
const base64 = (text: string) => Buffer.from(text).toString('base64');

function knowing(...values: readonly string[]) {
  const mask = createSecretMask();
  for (const value of values) mask.learn(value);
  return mask;
}

/** Everything that is done to a value on its way into a message, by whatever library. */
const FORMS: Readonly<Record<string, (value: string) => string>> = {
  'as it is': (value) => value,
  'percent-encoded': encodeURIComponent,
  'percent-encoded in small letters': (value) => encodeURIComponent(value).replace(/%../g, (hex) => hex.toLowerCase()),
  'percent-encoded wherever possible': (value) => [...Buffer.from(value)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  'percent-encoded twice': (value) => encodeURIComponent(encodeURIComponent(value)),
  'in JSON': (value) => JSON.stringify(value).slice(1, -1),
  'in JSON within JSON': (value) => JSON.stringify(JSON.stringify(value)),
  'in JSON with ASCII alone': (value) =>
    JSON.stringify(value).replace(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`),
  'in base64': base64,
  'in base64 behind a user': (value) => base64(`u:${value}`),
  'in base64 behind a longer user': (value) => base64(`us:${value}`),
  'in base64 behind and before something': (value) => base64(`user: ${value} and more`),
  'in base64 for URLs': (value) => Buffer.from(`~~?:${value}`).toString('base64url'),
  'in base64, percent-encoded': (value) => encodeURIComponent(base64(`x:${value}`)),
  'in JSON, percent-encoded': (value) => encodeURIComponent(JSON.stringify({ value })),
};

describe.each(Object.entries(FORMS))('a known value %s', (_how, form) => {
  test.each([
    ['with every kind of character', CANARY],
    ['with letters alone', 'abcdefghij'],
    ['of the shortest length', 'abcde1'],
    ['that is long', `tök "${'0123456789abcdef'.repeat(40)}`],
  ])('%s is masked', (_what, value) => {
    const text = `<${form(value)}>`;
    const shown = knowing(value).mask(text);
    expect(shown).toMatch(/^<.*\*{5}.*>$/);
    // Nothing of it is left but what the encoding of its surroundings may hold of its first and last characters.
    for (const part of [form(value), value, base64(value)]) expect(shown).not.toContain(part.slice(4, -4) || part);
  });
});

describe('a mask', () => {
  test('leaves everything else as it is', () => {
    const mask = knowing('hunter2', 'letmein');
    expect(mask.mask('the password is hunter2, 100% sure of hunter2letmein\\n')).toBe('the password is *****, 100% sure of *****\\n');
    expect(mask.mask('%68unter%32 and h%20unter')).toBe('***** and h%20unter');
    const other = 'nothing %41 of it \\u0041 is here: hunter, letme';
    expect(mask.mask(other)).toBe(other);
    expect(createSecretMask().mask('hunter2')).toBe('hunter2');
  });

  test('takes two that touch or overlap for one', () => {
    expect(knowing('abcdefgh', 'fghijklm').mask('-abcdefghijklm-')).toBe('-*****-');
    expect(knowing('abcdefgh', 'ijklmnop').mask('-abcdefghijklmnop-')).toBe('-*****-');
  });

  test('hides what is left of a long value that was cut', () => {
    const value = randomBytes(300).toString('hex');
    expect(knowing(value).mask(`token ${value.slice(0, 290)}`)).not.toContain(value.slice(0, 20));
  });

  test('knows no values that are everywhere', () => {
    const mask = knowing('true', 'false', 'default', '123', 'flux-system', '');
    expect([mask.size, mask.mask('true: default in flux-system')]).toEqual([0, 'true: default in flux-system']);
  });
});

describe('a Secret', () => {
  test('is learned by its values, decoded', () => {
    const mask = createSecretMask();
    mask.learnSecret({
      data: { password: base64('hunter2-hunter2'), enabled: base64('true'), odd: 7 },
      stringData: { other: 'letmein-letmein' },
    });
    mask.learnSecret({ data: null });
    mask.learnSecret({});
    expect(mask.mask('hunter2-hunter2 and letmein-letmein are true')).toBe('***** and ***** are true');
    expect(mask.mask(`data: ${base64('hunter2-hunter2')}`)).toBe('data: *****');
  });

  test('is learned by its lines: a key may be quoted in part', () => {
    const lines = Array.from({ length: 5 }, () => randomBytes(48).toString('base64'));
    const key = `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`;
    const mask = createSecretMask();
    mask.learnSecret({ data: { identity: base64(key) } });
    expect(mask.mask(`bad line: ${lines[3]}`)).toBe('bad line: *****');
    expect(mask.mask(JSON.stringify({ key: lines.join('\n') }))).toBe('{"key":"*****\\n*****\\n*****\\n*****\\n*****"}');
    expect(mask.mask(`data: {identity: ${base64(key)}}`)).toBe('data: {identity: *****}');
  });

  test('that is no text is known in base64', () => {
    const bytes = Buffer.concat([Buffer.from([0xff]), randomBytes(200)]);
    const mask = createSecretMask();
    mask.learnSecret({ data: { store: bytes.toString('base64') } });
    expect(mask.mask(`<${bytes.toString('base64')}>`)).toBe('<*****>');
  });

  test('of a ServiceAccount does not hide its namespace', () => {
    const mask = createSecretMask();
    const type = 'kubernetes.io/service-account-token';
    mask.learnSecret({ type, data: { namespace: base64('team-apples'), token: base64('t0ken-of-apples') } });
    expect(mask.mask('team-apples t0ken-of-apples')).toBe('team-apples *****');
  });
});

describe('memory', () => {
  test('is for the values that were learned last', () => {
    const mask = createSecretMask({ maxValues: 2 });
    for (const value of ['first-value', 'second-value', 'first-value', 'third-value']) mask.learn(value);
    expect(mask.size).toBe(2);
    expect(mask.mask('first-value second-value third-value')).toBe('***** second-value *****');
    expect(mask.mask(base64('second-value'))).toBe(base64('second-value'));
  });

  test('is bounded in characters, whatever the number of values', () => {
    const mask = createSecretMask({ maxCharacters: 100_000 });
    for (let index = 0; index < 100; index += 1) mask.learn(`${index}-${'x'.repeat(5_000)}`);
    expect(mask.size).toBeLessThan(20);
    expect(mask.size).toBeGreaterThan(5);
    mask.learn('y'.repeat(300_000));
    expect(mask.size).toBeGreaterThan(5);
  });

  test('and time are bounded for a Secret that holds more than anybody needs', () => {
    const mask = createSecretMask();
    const leaves = (part: number) => JSON.stringify(Array.from({ length: 8_000 }, (_, index) => ({ token: `t0ken-${part}-${index}` })));
    mask.learnSecret({ stringData: Object.fromEntries([0, 1, 2, 3].map((part) => [`part-${part}`, leaves(part)])) });
    expect(mask.size).toBe(1_000);
  });

  test('of a value that two Secrets share lasts while either is known', () => {
    const mask = createSecretMask({ maxValues: 3 });
    mask.learn('{"password":"shared-value"}');
    mask.learn('shared-value');
    mask.learn('other-value');
    expect(mask.mask('shared-value')).toBe('*****');
  });
});

test('one function masks what is known and what looks like a credential', () => {
  const mask = knowing('hunter2hunter2');
  expect(mask.redact('hunter2hunter2 at https://u:p@example.com, Authorization: Bearer hunter2hunter2')).toBe(
    '***** at https://*****@example.com, Authorization: *****',
  );
  expect(createSecretMask().redact('https://u:p@example.com')).toBe('https://*****@example.com');
});

describe('a text of 32 KiB', () => {
  const sentence = 'failed to apply \'apps/v1/Deployment/web\': admission webhook "x.example.com" denied the request; ';
  const text = sentence.repeat(400).slice(0, 32 * 1024);
  const values = (count: number) => Array.from({ length: count }, () => randomBytes(24).toString('base64'));
  const fastest = (mask: ReturnType<typeof knowing>, input: string) =>
    Math.min(
      ...Array.from({ length: 20 }, () => {
        const spentMs = startCpuTime();
        mask.mask(input);
        return spentMs();
      }),
    );

  test('is masked in milliseconds, with a thousand values as with ten', () => {
    const [few, many] = [fastest(knowing(...values(10)), text), fastest(knowing(...values(1_000)), text)];
    expect(many).toBeLessThan(100);
    expect(many).toBeLessThan(few * 5 + 1);
  });

  test.each<[string, readonly string[], string]>([
    ['nearly is one of them everywhere', Array.from({ length: 90 }, (_, index) => `${'a'.repeat(6 + index)}b`), 'a'.repeat(32_768)],
    [
      'begins like all of them everywhere',
      Array.from({ length: 1_000 }, (_, index) => `secret${String(index).padStart(80, '0')}`),
      'secret'.repeat(5_461),
    ],
    ['is one of them everywhere', ['a'.repeat(96)], 'a'.repeat(32_768)],
  ])('that %s is masked in time too', (_what, known, hostile) => {
    expect(fastest(knowing(...known), hostile)).toBeLessThan(200);
  });
});
