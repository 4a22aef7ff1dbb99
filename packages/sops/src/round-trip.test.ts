import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encrypted, type Plain } from '../test/encryptor.ts';
import { decrypted, services } from '../test/fixtures.ts';
import { readIni } from './format/ini-reader.ts';
import { writeIni } from './format/ini-writer.ts';
import { readJson } from './format/json-reader.ts';
import { writeJson } from './format/json-writer.ts';
import { readYamlTree } from './format/yaml-reader.ts';
import { writeYamlTree } from './format/yaml-writer.ts';
import { SopsError } from './sops-error.ts';
import { parseSopsFile } from './sops-file.ts';

const keys = await services('one.agekey');
const NODES = 100_000;

const leaf = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
);
const { plain } = fc.letrec<{ plain: Plain; node: Plain }>((tie) => ({
  node: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('node'), { maxLength: 4 }), tie('plain')),
  plain: fc.dictionary(fc.string({ minLength: 1 }), tie('node'), { maxKeys: 5 }),
}));
const object = plain as fc.Arbitrary<{ readonly [key: string]: Plain }>;
const whole = (value: { readonly [key: string]: Plain }) =>
  value.sops === undefined && Object.keys(value).every((key) => !key.endsWith('_unencrypted'));

test('whatever is encrypted comes back', async () => {
  await fc.assert(
    fc.asyncProperty(object.filter(whole), async (value) => {
      fc.pre(!JSON.stringify(value).includes('_unencrypted'));
      const bytes = await decrypted(await encrypted(value), 'json', keys);
      expect(JSON.parse(bytes.toString('utf8'))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: 60 },
  );
});

test('what is printed as YAML or JSON means the same again', () => {
  fc.assert(
    fc.property(object, (value) => {
      const tree = readJson(JSON.stringify(value), NODES);
      expect(readJson(writeJson(tree), NODES)).toEqual(tree);
      // A whole number is one in YAML, too, whatever it was before.
      const json = writeJson(readYamlTree(writeYamlTree([tree]), NODES)[0] ?? tree);
      expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: 300 },
  );
});

test('what is printed as INI is read as it was', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '#', ';', '=', '"', 'ü') }).filter((value) => !/["]/.test(value));
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), text, { maxKeys: 5 }), (values) => {
      const items = Object.entries(values).map(([key, value]) => ({ key, value: { kind: 'text', bytes: Buffer.from(value) } }) as const);
      const section = { kind: 'branch', items: [{ key: 'section', value: { kind: 'branch', items } }] } as const;
      expect(readIni(writeIni(section), NODES).items.at(-1)).toEqual(section.items[0]);
    }),
  );
});

test('arbitrary bytes are refused with a reason', () => {
  const formats = fc.constantFrom('yaml', 'json', 'dotenv', 'ini', 'binary' as const);
  const words = fc.constantFrom(
    'sops',
    ':',
    '\n',
    '  ',
    '{',
    '}',
    '"',
    '=',
    '[',
    ']',
    'mac',
    'ENC[AES256_GCM,data:',
    '&a',
    '*a',
    '- ',
    '#',
    'age',
    ',',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(words, fc.string())), formats, (parts, format) => {
      try {
        parseSopsFile(Buffer.from(parts.join('')), format as 'yaml');
      } catch (error) {
        expect(error).toBeInstanceOf(SopsError);
      }
    }),
    { numRuns: 1_000 },
  );
});
