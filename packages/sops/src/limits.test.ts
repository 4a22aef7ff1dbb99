import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import { describe, expect, test } from 'vitest';
import { DATA_KEY, encrypted, seal, wrapped } from '../test/encryptor.ts';
import { decrypted, fixture, services } from '../test/fixtures.ts';
import { parseSopsFile } from './sops-file.ts';

const keys = await services('one.agekey');
const parse = (text: string, format: 'json' | 'yaml' | 'dotenv' | 'ini') => () => parseSopsFile(Buffer.from(text), format);
const META = 'lastmodified: "2026-01-02T03:04:05Z"\n  mac: x\n  age: [{recipient: a, enc: b}]\n';

describe('a file that asks for too much is refused', () => {
  for (const [title, text, format, message] of [
    ['by its size', `{"a": "${'x'.repeat(5 * 1024 * 1024)}"}`, 'json', /exceeding limit \(5242880\)/],
    ['by its depth', `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`, 'json', /nested more deeply than 100/],
    ['by the number of its values', `{"a": [${'1,'.repeat(600_000)}1]}`, 'json', /more values than allowed/],
    [
      'by its aliases',
      `a: &a [1,1,1,1,1,1,1,1,1,1]\n${[...'bcdefgh'].map((name, index) => `${name}: &${name} [${Array(10).fill(`*${'abcdefg'[index]}`).join()}]`).join('\n')}\nsops: {}\n`,
      'yaml',
      /more values than allowed/,
    ],
    ['by an alias of what it is in', 'a: &a\n  b: *a\nsops: {}\n', 'yaml', /stands for what contains it/],
    [
      'by the number of its keys',
      JSON.stringify({ sops: { lastmodified: '2026-01-02T03:04:05Z', age: Array(101).fill({ recipient: 'a', enc: 'b' }) } }),
      'json',
      /more than 100 keys/,
    ],
    [
      'by the number of its key groups',
      JSON.stringify({ sops: { lastmodified: '2026-01-02T03:04:05Z', key_groups: Array(101).fill({}) } }),
      'json',
      /more than 100 keys/,
    ],
    [
      'by the length of an encrypted key',
      JSON.stringify({ sops: { lastmodified: '2026-01-02T03:04:05Z', age: [{ enc: 'x'.repeat(40_000) }] } }),
      'json',
      /an encrypted data key has more than/,
    ],
    [
      'by the context of a key',
      JSON.stringify({ sops: { lastmodified: '2026-01-02T03:04:05Z', kms: [{ enc: 'b', context: { a: 'x'.repeat(40_000) } }] } }),
      'json',
      /said of a key has more than 32768 characters/,
    ],
    [
      'by the address of a key',
      JSON.stringify({ sops: { lastmodified: '2026-01-02T03:04:05Z', hc_vault: [{ enc: 'b', vault_address: 'x/'.repeat(20_000) }] } }),
      'json',
      /said of a key has more than 32768 characters/,
    ],
    [
      'by its regular expression',
      `sops:\n  ${META}  encrypted_regex: ${'a'.repeat(1_001)}\n`,
      'yaml',
      /regular expression of more than 1000/,
    ],
  ] as const)
    test(title, () => {
      expect(parse(text, format)).toThrow(
        expect.objectContaining({ kind: expect.stringMatching(/too-large|malformed/), message: expect.stringMatching(message) }),
      );
    });

  test('an index in flat metadata takes no memory', () => {
    expect(parse('sops_age__list_999999999__map_enc=x\nsops_mac=y\n', 'dotenv')).toThrow('its metadata cannot be put together');
  });

  test.each(['map_a', 'list_0'])('flat metadata that nests without end: %s', (step) => {
    expect(parse(`sops_a${`__${step}`.repeat(100_000)}=x\nsops_mac=y\n`, 'dotenv')).toThrow('its metadata cannot be put together');
  });

  test('keys that are so long that each value below them takes its time', async () => {
    const values = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`a${index}`, 'v']));
    const file = await encrypted({ ['k'.repeat(1_000_000)]: values });
    const spentMs = startCpuTime();

    await expect(decrypted(file, 'json', keys)).rejects.toMatchObject({ kind: 'too-large', message: expect.stringMatching(/longer than/) });
    expect(spentMs()).toBeLessThan(1_000);
  });

  test('a regular expression that other engines never finish is matched in no time', async () => {
    const file = await encrypted({ [`${'a'.repeat(4_000)}!`]: '' }, { encrypted_regex: '^(a+)+$' });

    expect((await decrypted(file, 'json', keys)).toString('utf8')).toContain('aaa!');
  });

  test('a key that a regular expression would take long for', async () => {
    const file = await encrypted({ ['a'.repeat(5_000)]: '' }, { encrypted_regex: 'x' });

    await expect(decrypted(file, 'json', keys)).rejects.toMatchObject({ kind: 'too-large' });
  });
});

describe('a file that is none of SOPS is refused', () => {
  for (const [title, text, format, message] of [
    ['without metadata', 'a: 1\n', 'yaml', 'it has no SOPS metadata'],
    ['with metadata that is a text', 'sops: x\n', 'yaml', "its 'sops' is no mapping"],
    ['without keys', 'sops:\n  lastmodified: "2026-01-02T03:04:05Z"\n', 'yaml', 'its metadata names no keys'],
    ['without a time', 'sops:\n  mac: x\n', 'yaml', "'sops.lastmodified' is no time"],
    ['with a time that is no day', 'sops:\n  lastmodified: "2026-02-30T03:04:05Z"\n', 'yaml', "'sops.lastmodified' is no time"],
    ['with two rules', `sops:\n  ${META}  encrypted_regex: a\n  encrypted_suffix: b\n`, 'yaml', 'more than one rule'],
    [
      'with a threshold that is no number',
      `sops:\n  ${META}  shamir_threshold: many\n`,
      'yaml',
      "'sops.shamir_threshold' is not a whole number",
    ],
    ['of which two keys are the same', 'a: 1\na: 2\nsops: {}\n', 'yaml', 'not valid YAML|twice'],
    ['of which two keys are the same, in JSON', '{"a": 1, "a": 2}', 'json', 'twice in one object'],
    ['that ends too early', '{"a": {"b": 1', 'json', 'not valid JSON at character'],
    ['with something behind its end', '{} {}', 'json', 'not valid JSON at character 4'],
    ['that is a list', '[1]', 'json', 'is an object'],
    ['with a document that is a list', '- a\n', 'yaml', 'is a mapping'],
    ['with a key that is a number', '1: a\n', 'yaml', 'a key is no text'],
    ['with a line without an equals sign', 'A=1\nsecret\n', 'dotenv', "line 2 has no '='"],
    ['with a section that does not end', '[a\n', 'ini', 'line 1 opens a section'],
    ['with a quote that does not end', 'a = """x\ny\n', 'ini', 'has a quote that is not closed'],
  ] as const)
    test(title, () => {
      expect(parse(text, format)).toThrow(expect.objectContaining({ name: 'SopsError', message: expect.stringMatching(message) }));
    });

  test('with a regular expression that is none, which upstream takes for one that matches nothing', async () => {
    await expect(decrypted(await encrypted({ a: 'x' }, { encrypted_regex: '(' }), 'json', keys)).rejects.toMatchObject({
      kind: 'malformed',
    });
  });

  test('that was cut off anywhere', async () => {
    const { encrypted: whole } = fixture('manifest.yaml'.replace('manifest', 'two-recipients'));
    for (let end = 0; end < whole.length - 40; end += 37)
      await expect(decrypted(whole.subarray(0, end), 'yaml', keys)).rejects.toMatchObject({ name: 'SopsError' });
  });

  test('keys called __proto__ are keys like any other', async () => {
    const file = await encrypted(JSON.parse('{"__proto__": {"polluted": "yes"}, "constructor": "x"}'));

    expect(JSON.parse((await decrypted(file, 'json', keys)).toString('utf8'))).toEqual(
      JSON.parse('{"__proto__": {"polluted": "yes"}, "constructor": "x"}'),
    );
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test('a value of an unknown type, or not of the one that it says it is', async () => {
    for (const [text, type] of [
      ['x', 'int'],
      ['x', 'bool'],
      ['1e', 'float'],
      ['9223372036854775808', 'int'],
      ['x', 'constructor'],
      ['x', 'time'],
    ] as const) {
      const file = JSON.parse((await encrypted({})).toString('utf8')) as object;
      const changed = JSON.stringify({ a: seal(text, type, 'a:'), ...file });
      await expect(decrypted(Buffer.from(changed), 'json', keys)).rejects.toThrow(/^failed to decrypt 'a'/);
    }
  });

  test('a data key of another length', async () => {
    const file = await encrypted({}, { age: [{ recipient: 'a', enc: await wrapped(DATA_KEY.subarray(0, 16)) }] });

    await expect(decrypted(file, 'json', keys)).rejects.toThrow('the data key has not 32 bytes');
  });
});
