import { describe, expect, test } from 'vitest';
import { encrypted } from '../test/encryptor.ts';
import { decrypted, fixture, services } from '../test/fixtures.ts';
import { SopsError } from './sops-error.ts';

const { encrypted: original } = fixture('encrypted-regex.yaml');
const text = original.toString('utf8');
const keys = await services('one.agekey');

async function refusal(changed: string): Promise<SopsError> {
  expect(changed).not.toBe(text);
  const error: unknown = await decrypted(Buffer.from(changed), 'yaml', keys).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SopsError);
  const { message } = error as SopsError;
  // Neither what was encrypted nor its encrypted form.
  expect(message).not.toMatch(/s3cret|admin|ENC\[|AGE-SECRET/);
  return error as SopsError;
}

/** Changes one character of base64 into another. */
const flipped = (part: string, at = 3): string => part.slice(0, at) + (part[at] === 'A' ? 'B' : 'A') + part.slice(at + 1);
const flip = (pattern: RegExp) => text.replace(pattern, (_, before: string, part: string) => before + flipped(part));
const lineOf = (key: string) => text.split('\n').find((line) => line.trimStart().startsWith(`${key}:`)) ?? '';

describe('a file that was changed after it was encrypted is refused', () => {
  test.each([
    ['a value', flip(/(password: ENC\[AES256_GCM,data:)([^,]+)/)],
    ["a value's initialisation vector", flip(/(password: ENC\[.*?iv:)([^,]+)/)],
    ["a value's tag", flip(/(password: ENC\[.*?tag:)([^,]+)/)],
    ["a value's type", text.replace(/(password: ENC\[.*)type:str/, '$1type:int')],
    ['a value that is readable', text.replace('namespace: apps', 'namespace: kube-system')],
    ['the integrity code', flip(/(mac: ENC\[AES256_GCM,data:)([^,]+)/)],
    ['the integrity code, which is empty', text.replace(/mac: ENC.*/, 'mac: ""')],
    ['the integrity code, which is not there', text.replace(/\n {4}mac: ENC.*/, '')],
    ['the time that is bound to it', text.replace(/lastmodified: "20\d\d/, 'lastmodified: "2001')],
    ['the rule for what is encrypted', text.replace('^(data|stringData)$', '^(data)$')],
    ['what the code is over', text.replace('    version:', '    mac_only_encrypted: true\n    version:')],
    ['a key that was added', text.replace('kind: Secret', 'kind: Secret\nadded: true')],
    ['a value that was added where all are encrypted', text.replace('stringData:', 'stringData:\n    added: plain')],
    ['a value that was removed', text.replace(`${lineOf('password')}\n`, '')],
    ['an encrypted value that was made readable', text.replace(lineOf('password'), '    password: s3cret-Value')],
    ['an encrypted value that was emptied', text.replace(lineOf('password'), '    password: ""')],
  ])('%s', async (_, changed) => {
    expect((await refusal(changed)).kind).toBe('tampered');
  });

  test('values that changed places', async () => {
    const [user, password] = ['username', 'password'].map((key) => lineOf(key).split(': ')[1] ?? '');
    const swapped = text
      .replace(user ?? '', 'X')
      .replace(password ?? '', user ?? '')
      .replace('X', password ?? '');

    expect((await refusal(swapped)).message).toMatch(/^failed to decrypt 'stringData\.(username|password)'/);
  });

  test('values of a list that changed places', async () => {
    const list = JSON.parse((await encrypted({ list: ['one', 'two'] })).toString('utf8')) as { list: string[] };
    const changed = JSON.stringify({ ...list, list: list.list.toReversed() });

    await expect(decrypted(Buffer.from(changed), 'json', keys)).rejects.toMatchObject({ kind: 'tampered' });
  });

  test('the encrypted data key', async () => {
    const [before = '', body = '', after = ''] = text.split(
      /(-----BEGIN AGE ENCRYPTED FILE-----\n[\s\S]*?-----END AGE ENCRYPTED FILE-----)/,
    );
    const lines = body.split('\n');
    const changed = lines.map((line, index) => (index === lines.length - 3 ? flipped(line, 20) : line)).join('\n');

    expect((await refusal(before + changed + after)).kind).toBe('no-key');
  });

  test('at any of its bytes that count', async () => {
    const file = await encrypted({ key: 'value', list: [1, 2.5, true] });
    const end = file.indexOf('"sops"');
    const plain = (await decrypted(file, 'json', keys)).toString('utf8');
    for (let at = 0; at < end; at++) {
      const changed = Buffer.from(file);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const result = await decrypted(changed, 'json', keys).then(
        (bytes) => bytes.toString('utf8'),
        (error: unknown) => error,
      );
      if (!(result instanceof SopsError)) expect(result).toBe(plain);
    }
  });
});

test('a data key of another file does not open this one', async () => {
  const other = fixture('two-recipients.yaml').encrypted.toString('utf8');
  const keyOf = (file: string) => /age:\n([\s\S]*?) {4}lastmodified/.exec(file)?.[1] ?? '';

  expect((await refusal(text.replace(keyOf(text), () => keyOf(other)))).kind).toBe('tampered');
});
