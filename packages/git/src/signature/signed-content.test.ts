import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { COMMIT, HEADERS, SigningHome, signedCommit } from '../../test/signing-home.ts';
import { Refused, type SignedObject } from './outcome.ts';
import { signedContentOf } from './signed-content.ts';
import { verifySignature } from './verify-signature.ts';

// Real programs make keys, which takes as long as it takes.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let home: SigningHome;
let jo: string;
beforeAll(() => {
  home = new SigningHome();
  jo = home.gpgKey();
});
afterAll(() => home[Symbol.dispose]());

const [TREE, AUTHOR, COMMITTER] = HEADERS;
const PARENT = `parent ${'a'.repeat(40)}`;
const commitOf = (...headers: readonly string[]): SignedObject => ({
  type: 'commit',
  content: Buffer.from(`${headers.join('\n')}\n\nmessage\n`),
});
const tagOf = (...headers: readonly string[]): SignedObject => ({
  type: 'tag',
  content: Buffer.from(`${headers.join('\n')}\n\nmessage\n`),
});
const TAG = [`object ${'a'.repeat(40)}`, 'type commit', 'tag v1', AUTHOR.replace('author', 'tagger')] as const;

function faultOf(object: SignedObject): string | undefined {
  try {
    signedContentOf(object);
    return undefined;
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
}

describe('row 28 (CVE-2026-45022, CVE-2026-44309): a commit that two programs could read in two ways', () => {
  const other = TREE.replace('4b', '00');
  const hostile: Readonly<Record<string, SignedObject>> = {
    'two trees, the signed one first': commitOf(TREE, other, AUTHOR, COMMITTER),
    'two trees, the signed one last': commitOf(other, TREE, AUTHOR, COMMITTER),
    'another tree at the end': commitOf(TREE, AUTHOR, COMMITTER, other),
    'a tree behind its parent': commitOf(PARENT, TREE, AUTHOR, COMMITTER),
    'a parent at the end': commitOf(TREE, AUTHOR, COMMITTER, PARENT),
    'two authors': commitOf(TREE, AUTHOR, AUTHOR.replace('Jo', 'Al'), COMMITTER),
    'two committers': commitOf(TREE, AUTHOR, COMMITTER, COMMITTER.replace('Jo', 'Al')),
    'the committer before the author': commitOf(TREE, COMMITTER, AUTHOR),
    'no author': commitOf(TREE, COMMITTER),
    'no tree': commitOf(AUTHOR, COMMITTER),
    'two encodings': commitOf(TREE, AUTHOR, COMMITTER, 'encoding latin1', 'encoding utf-8'),
    'a header that git takes for a signature': commitOf(TREE, AUTHOR, COMMITTER, 'gpgsignature x'),
    'a tree of a wrong length': commitOf(`${TREE}0`, AUTHOR, COMMITTER),
    'a NUL in a header': commitOf(TREE, AUTHOR.replace('Jo', 'J\0'), COMMITTER),
    'a NUL in the message': { type: 'commit', content: Buffer.from(`${HEADERS.join('\n')}\n\nmes\0sage`) },
    'carriage returns': { type: 'commit', content: Buffer.from(COMMIT.replaceAll('\n', '\r\n')) },
    'a carriage return in the tree': commitOf(`${TREE}\r`, AUTHOR, COMMITTER),
    'a tree that goes on in the next line': commitOf(TREE, ` ${other}`, AUTHOR, COMMITTER),
    'headers without an end': { type: 'commit', content: Buffer.from(HEADERS.join('\n')) },
    'nothing at all': { type: 'commit', content: Buffer.alloc(0) },
  };

  test.each(Object.entries(hostile))('is refused for %s, however well it is signed', async (_, object) => {
    const text = Buffer.from(object.content).toString();
    const signed = text.includes('\n\n') ? signedCommit(home.gpgSign(jo, object.content), text) : object;

    const keys = [{ name: 'jo.asc', text: home.publicKey(jo) }];
    const result = await verifySignature({ object: signed, keys, nowMs: Date.now() });

    expect(result.kind).toBe('invalid');
    expect(faultOf(object)).toBeDefined();
  });

  test('is refused for two signatures, in either order', async () => {
    const [good, bad] = [home.gpgSign(jo), home.gpgSign(jo, 'anything')];
    const keys = [{ name: 'jo.asc', text: home.publicKey(jo) }];
    for (const [first = '', second = ''] of [
      [good, bad],
      [bad, good],
      [good, good],
    ]) {
      const once = Buffer.from(signedCommit(first).content).toString();
      const twice = {
        type: 'commit',
        content: Buffer.from(once.replace('\n\nnothing', `\ngpgsig ${second.trimEnd().replaceAll('\n', '\n ')}\n\nnothing`)),
      } as const;

      expect(await verifySignature({ object: twice, keys, nowMs: Date.now() })).toMatchObject({
        kind: 'invalid',
        message: expect.stringContaining('gpgsig'),
      });
    }
  });
});

describe('what was signed', () => {
  test.each([
    ['a commit without parents', commitOf(TREE, AUTHOR, COMMITTER)],
    ['a merge', commitOf(TREE, PARENT, `parent ${'b'.repeat(40)}`, AUTHOR, COMMITTER)],
    [
      'headers of other programs, of many lines',
      commitOf(TREE, AUTHOR, COMMITTER, 'encoding latin1', 'HG:extra x', 'mergetag object x', ' tree y', ' gpgsig z', 'change-id q'),
    ],
    [
      'carriage returns in the message, as web pages send them',
      { type: 'commit', content: Buffer.from(`${HEADERS.join('\n')}\n\na\r\nb`) } as SignedObject,
    ],
    [
      'bytes that are no text in the message',
      { type: 'commit', content: Buffer.concat([Buffer.from(`${HEADERS.join('\n')}\n\n`), Buffer.from([0xff, 0xe4])]) } as SignedObject,
    ],
    ['no message', { type: 'commit', content: Buffer.from(`${HEADERS.join('\n')}\n`) } as SignedObject],
    ['headers in the message', commitOf(TREE, AUTHOR, COMMITTER, '', 'gpgsig x', TREE)],
    ['a tag', tagOf(...TAG)],
    ['a tag without a tagger', tagOf(...TAG.slice(0, 3))],
  ])('is the object as it is: %s', (_, object) => {
    expect(signedContentOf(object)).toMatchObject({ payload: Buffer.from(object.content), signature: undefined });
    expect(home.fault(object)).toBeUndefined();
  });

  test('is what git itself verified, with a signature for the other hash function taken out as well', async () => {
    const keys = [{ name: 'jo.asc', text: home.publicKey(jo) }];
    const signed = Buffer.from(signedCommit(home.gpgSign(jo)).content).toString();
    const both = {
      type: 'commit',
      content: Buffer.from(signed.replace('\n\nnothing', '\ngpgsig-sha256 -----BEGIN\n of another\n\nnothing')),
    } as const;

    expect(home.gitAccepts(both)).toBe(true);
    expect(await verifySignature({ object: both, keys, nowMs: Date.now() })).toMatchObject({ kind: 'verified' });
  });
});

describe('a tag that could be read in two ways', () => {
  test.each([
    ['two objects', tagOf(TAG[0], TAG[0].replaceAll('a', 'b'), ...TAG.slice(1))],
    ['another object at the end', tagOf(...TAG, TAG[0].replaceAll('a', 'b'))],
    ['two names', tagOf(...TAG, 'tag v2')],
    ['a header gpgsig', tagOf(...TAG, 'gpgsig x')],
    ['headers of a commit', tagOf(...TAG, TREE)],
    ['a name that is empty', tagOf(TAG[0], TAG[1], 'tag ', TAG[3])],
  ])('is refused for %s', (_, object) => {
    expect(faultOf(object)).toMatch(/^the tag has /);
  });

  test('is refused for two signatures, and for text behind the one', async () => {
    const keys = [{ name: 'jo.asc', text: home.publicKey(jo) }];
    const unsigned = Buffer.from(tagOf(...TAG).content);
    const signature = home.gpgSign(jo, unsigned);
    const tag = (...parts: readonly string[]) =>
      ({ type: 'tag', content: Buffer.concat([unsigned, Buffer.from(parts.join(''))]) }) as const;
    const kindOf = async (object: SignedObject) => (await verifySignature({ object, keys, nowMs: Date.now() })).kind;

    expect(await kindOf(tag(signature))).toBe('verified');
    expect(await kindOf(tag(signature, signature))).toBe('invalid');
    expect(await kindOf(tag(signature, 'and by the way: install this\n'))).toBe('invalid');
    // Git shows the text as if it were signed.
    expect(home.gitAccepts(tag(signature, 'and by the way: install this\n'))).toBe(true);
  });
});

test('row 28: what is taken for a commit here, git takes for one: headers in any order and number', () => {
  const lines = [
    TREE,
    PARENT,
    AUTHOR,
    COMMITTER,
    'encoding x',
    ' more',
    'tree x',
    'author x',
    'author <a> 1 +0000',
    'committer Jo <a> 01 +0000',
    'x',
    '',
    'author J <a@b 1 +0000',
  ];
  const headers = fc.array(fc.constantFrom(...lines), { maxLength: 6 });
  const good = fc
    .tuple(fc.nat(HEADERS.length), fc.constantFrom(...lines))
    .map(([at, line]) => [...HEADERS.slice(0, at), line, ...HEADERS.slice(at)]);
  fc.assert(
    fc.property(fc.oneof(headers, good), (some) => {
      const object = commitOf(...some);
      if (faultOf(object) === undefined) expect(home.fault(object)).toBeUndefined();
    }),
    { numRuns: 400 },
  );
});
