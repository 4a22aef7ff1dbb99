import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { SigningHome, type SshSigner } from '../../test/signing-home.ts';
import type { KeyFile, SignedObject } from './outcome.ts';
import { type IdentifiedObject, needsVerification, type SourceQuestion, verifySource } from './verify-source.ts';

// Real programs make keys, which takes as long as it takes.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let home: SigningHome;
let jo: string;
let al: SshSigner;
let keys: readonly KeyFile[];
beforeAll(() => {
  home = new SigningHome();
  jo = home.gpgKey();
  al = home.sshKey('ed25519');
  keys = [
    { name: 'al.sshpub', text: al.publicKey },
    { name: 'jo.asc', text: home.publicKey(jo) },
  ];
  // A release: Jo signs the commit, Al the tag.
  home.git(['-c', `user.signingKey=${jo}`, 'commit', '--quiet', '--allow-empty', '-S', '-m', 'signed']);
  home.git([...ssh(), 'tag', '-s', '-m', 'a release', 'v1']);
  home.git(['tag', '-a', '-m', 'not signed', 'v2']);
  home.git([...ssh(), 'tag', '-s', '-m', 'of a tag', 'v3', 'v1']);
  home.git(['-c', `user.signingKey=${jo}`, 'commit', '--quiet', '--allow-empty', '-m', 'not signed']);
  home.git([...ssh(), 'tag', '-s', '-m', 'another release', 'v4']);
});
afterAll(() => home[Symbol.dispose]());

const ssh = () => ['-c', 'gpg.format=ssh', '-c', `user.signingKey=${al.file}.pub`];

function get(revision: string, type: SignedObject['type']): IdentifiedObject {
  const { content } = home.object(revision, type);
  return { content, id: createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex') };
}

/** As a worker thread is asked, and answers: in copies. */
const ask = async (question: Partial<SourceQuestion>) =>
  structuredClone(
    await verifySource(structuredClone({ mode: 'HEAD', commit: get('v1^{commit}', 'commit'), keys, nowMs: Date.now(), ...question })),
  );

describe('the condition SourceVerified', () => {
  test.each(['HEAD', 'head'] as const)('is true for the commit in the mode %s, with the message of Flux', async (mode) => {
    const commit = get('v1^{commit}', 'commit');

    expect(await ask({ mode })).toMatchObject({
      kind: 'verified',
      reason: 'Succeeded',
      mode: 'HEAD',
      message: `verified signature of\n\t- commit '${commit.id}' with key '${jo.slice(-16)}'`,
      verified: [{ type: 'commit', name: commit.id, signer: { keyFile: 'jo.asc' } }],
    });
  });

  test('is true for the tag alone in the mode Tag, whatever the commit', async () => {
    const object = get('v4', 'tag');

    expect(await ask({ mode: 'Tag', commit: get('v4^{commit}', 'commit'), tag: { name: 'v4', object } })).toMatchObject({
      kind: 'verified',
      mode: 'Tag',
      message: `verified signature of\n\t- tag 'v4@${object.id}' with key '${al.fingerprint}'`,
    });
  });

  test('is true for the tag first, then the commit, in the mode TagAndHEAD', async () => {
    const [commit, object] = [get('v1^{commit}', 'commit'), get('v1', 'tag')];

    expect(await ask({ mode: 'TagAndHEAD', tag: { name: 'v1', object } })).toMatchObject({
      kind: 'verified',
      mode: 'TagAndHEAD',
      message: `verified signature of\n\t- tag 'v1@${object.id}' with key '${al.fingerprint}'\n\t- commit '${commit.id}' with key '${jo.slice(-16)}'`,
      verified: [{ type: 'tag' }, { type: 'commit' }],
    });
  });

  test('is false for a commit that is not signed, also where its tag is', async () => {
    const commit = get('v4^{commit}', 'commit');
    const expected = {
      kind: 'refused',
      reason: 'InvalidCommitSignature',
      cause: 'unsigned',
      stalled: false,
      message: `signature verification of commit '${commit.id}' failed: the commit is not signed`,
    };

    expect(await ask({ commit })).toEqual(expected);
    expect(await ask({ mode: 'TagAndHEAD', commit, tag: { name: 'v4', object: get('v4', 'tag') } })).toEqual(expected);
  });

  test('is false, and stalls, when a tag is to be verified and none led to the commit', async () => {
    expect(await ask({ mode: 'Tag' })).toMatchObject({ kind: 'refused', reason: 'InvalidVerificationMode', stalled: true });
  });

  test.each([
    ['a lightweight tag', () => ({ name: 'v2' }), "cannot verify signature of tag 'v2' since it is not signed"],
    ['an annotated tag that is not signed', () => ({ name: 'v2', object: get('v2', 'tag') }), 'since it is not signed'],
    ['a tag of a tag', () => ({ name: 'v3', object: get('v3', 'tag') }), 'it is not put on a commit'],
    ['a tag of another commit', () => ({ name: 'v4', object: get('v4', 'tag') }), 'it is put on another commit'],
    ['a good tag under another name', () => ({ name: 'v9', object: get('v1', 'tag') }), 'it was made under another name'],
    [
      'a tag with the content of another',
      () => ({ name: 'v1', object: { ...get('v1', 'tag'), id: get('v4', 'tag').id } }),
      'not that of the tag',
    ],
  ])('is false for %s', async (_, tag, message) => {
    expect(await ask({ mode: 'Tag', tag: tag() })).toMatchObject({
      kind: 'refused',
      reason: 'InvalidGitObject',
      stalled: false,
      message: expect.stringContaining(message),
    });
  });

  test('is false for a tag by an unknown key, before the commit is looked at', async () => {
    const result = await ask({ mode: 'TagAndHEAD', tag: { name: 'v1', object: get('v1', 'tag') }, keys: keys.slice(1) });

    expect(result).toMatchObject({
      kind: 'refused',
      reason: 'InvalidTagSignature',
      cause: 'unknown-key',
      message: expect.stringMatching(/^signature verification of tag 'v1@/),
    });
  });

  test('A19: is false with InvalidCommitSignature for a commit by an unknown key, which is named', async () => {
    expect(await ask({ keys: keys.slice(0, 1).concat({ name: 'other.asc', text: home.publicKey(home.gpgKey()) }) })).toMatchObject({
      kind: 'refused',
      reason: 'InvalidCommitSignature',
      cause: 'unknown-key',
      message: expect.stringContaining(jo.slice(-16)),
    });
  });

  test('A19: is false for a good signature under the id of another commit', async () => {
    const commit = { ...get('v1^{commit}', 'commit'), id: 'a'.repeat(40) };

    expect(await ask({ commit })).toMatchObject({ kind: 'refused', reason: 'InvalidCommitSignature' });
  });
});

test('a revision is verified again when the mode asks for something else than before, as upstream', () => {
  const cases = [
    [undefined, 'HEAD', true],
    ['HEAD', 'head', false],
    ['HEAD', 'Tag', true],
    ['HEAD', 'TagAndHEAD', true],
    ['Tag', 'HEAD', true],
    ['Tag', 'Tag', false],
    ['TagAndHEAD', 'HEAD', false],
    ['TagAndHEAD', 'Tag', false],
  ] as const;

  expect(cases.map(([observed, wanted]) => needsVerification(observed, wanted))).toEqual(cases.map(([, , needs]) => needs));
});
