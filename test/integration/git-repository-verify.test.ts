import { createGpgHome, type GitSigner, makeSshKey, sshSigner } from '@gotk/testkit';
import { describe, expect, test } from 'vitest';
import { countingServer } from './git-counting.ts';
import { isAt, lookedAt, secret } from './git-manifests.ts';
import { condition, failsWith, isReady, isStalled, type Testbed, testbed } from './testbed.ts';

const DAY_MS = 86_400_000;

const verifiedBy = (mode: 'HEAD' | 'Tag' | 'TagAndHEAD') => ({ mode, secretRef: { name: 'keys' } });

/** Somebody whose signatures count, by OpenPGP and by SSH, and their public keys. */
async function author() {
  const stack = new AsyncDisposableStack();
  const home = stack.use(await createGpgHome());
  const gpg = await home.makeKey({ type: 'ed25519' });
  const ssh = await makeSshKey({ type: 'ed25519' });
  const signer = stack.use(await sshSigner(ssh));
  return {
    home,
    gpg: await home.signer(gpg),
    gpgId: gpg.fingerprint.slice(-16),
    ssh: signer satisfies GitSigner,
    sshId: ssh.fingerprint,
    keys: { 'author.asc': await home.exportPublicKeys(gpg), 'author.sshpub': ssh.publicKey },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const refusal = async (bed: Testbed, name: string, reason: string) => {
  const failed = await bed.source(name, failsWith(reason));
  expect(condition(failed, 'SourceVerified')).toMatchObject({ status: 'False', reason });
  expect(condition(failed, 'FetchFailed')).toBeUndefined();
  return failed;
};

test('a commit that a trusted author has signed becomes an artifact, by OpenPGP as by SSH, and the status names the key', async () => {
  await using bed = await testbed();
  await using who = await author();
  const repository = await bed.repository({});
  const first = await repository.commit('first', { 'a.yaml': '1' }, { signer: who.gpg });
  await secret(bed, 'keys', who.keys);
  await bed.gitRepository('repo', { url: repository.url, verify: verifiedBy('HEAD') });

  const stored = await bed.source('repo', isReady);
  expect(stored.status?.artifact?.revision).toBe(`main@sha1:${first}`);
  expect(stored.status?.sourceVerificationMode).toBe('HEAD');
  expect(condition(stored, 'SourceVerified')).toMatchObject({
    status: 'True',
    reason: 'Succeeded',
    message: `verified signature of\n\t- commit '${first}' with key '${who.gpgId}'`,
  });

  const second = await repository.commit('second', { 'a.yaml': '2' }, { signer: who.ssh });
  const next = await lookedAt(bed, 'repo');
  expect(next.status?.artifact?.revision).toBe(`main@sha1:${second}`);
  expect(condition(next, 'SourceVerified')?.message).toBe(`verified signature of\n\t- commit '${second}' with key '${who.sshId}'`);
});

describe('A19: a commit that is not signed as it should be is no artifact, and the last good one stays', () => {
  test('unsigned, by an unknown key, by an expired and by a revoked one', async () => {
    await using bed = await testbed();
    await using who = await author();
    const { home } = who;
    const stranger = await home.makeKey({ type: 'ed25519' });
    const old = new Date(Date.now() - 10 * DAY_MS);
    const expired = await home.makeKey({ type: 'ed25519', createdAt: old, expiresInSeconds: 86_400 });
    const revoked = await home.makeKey({ type: 'ed25519' });
    const signers: Readonly<Record<string, GitSigner | undefined>> = {
      unsigned: undefined,
      stranger: await home.signer(stranger),
      expired: await home.signer(expired, { at: old }),
      revoked: await home.signer(revoked),
      'other-ssh': undefined,
    };
    const repository = await bed.repository({});
    const good = await repository.commit('good', { 'a.yaml': 'good' }, { signer: who.gpg });
    await using otherSsh = await sshSigner(await makeSshKey({ type: 'ed25519' }));
    const commits = new Map<string, string>();
    for (const [branch, signer] of Object.entries({ ...signers, 'other-ssh': otherSsh }))
      commits.set(branch, await repository.commit('bad', { 'a.yaml': branch }, { branch, ...(signer === undefined ? {} : { signer }) }));
    await home.revoke(revoked);
    const keys = await home.exportPublicKeys(expired, revoked);
    await secret(bed, 'keys', { ...who.keys, 'more.asc': keys });
    await bed.gitRepository('repo', { url: repository.url, verify: verifiedBy('HEAD') });
    const before = (await bed.source('repo', isReady)).status?.artifact;
    expect(before?.revision).toBe(`main@sha1:${good}`);

    const said: Readonly<Record<string, RegExp>> = {
      unsigned: /not signed|no signature/,
      stranger: new RegExp(stranger.fingerprint.slice(-16), 'i'),
      expired: /expired/,
      revoked: /revoked/,
      'other-ssh': /SHA256:/,
    };
    for (const [branch, message] of Object.entries(said)) {
      await bed.gitRepository('repo', { url: repository.url, ref: { branch }, verify: verifiedBy('HEAD') });
      const failed = await bed.source(
        'repo',
        (it) => failsWith('InvalidCommitSignature')(it) && condition(it, 'Ready')?.message.includes(commits.get(branch) ?? '-') === true,
      );
      expect(condition(failed, 'SourceVerified')).toMatchObject({ status: 'False', reason: 'InvalidCommitSignature' });
      expect(condition(failed, 'Ready')?.message).toMatch(message);
      expect(condition(failed, 'Ready')?.message).not.toMatch(/BEGIN|-----/);
      expect(failed.status?.artifact).toEqual(before);
    }
  });

  test('and an event says so', async () => {
    await using bed = await testbed();
    await using who = await author();
    const repository = await bed.repository({ 'a.yaml': '1' });
    await secret(bed, 'keys', who.keys);
    await bed.gitRepository('repo', { url: repository.url, verify: verifiedBy('HEAD') });
    const failed = await refusal(bed, 'repo', 'InvalidCommitSignature');
    expect(failed.status?.artifact).toBeUndefined();
    expect(failed.status?.sourceVerificationMode).toBeUndefined();
    await expect
      .poll(() => bed.events('GitRepository', 'repo'), { timeout: 20_000 })
      .toContainEqual(expect.objectContaining({ type: 'Warning', reason: 'InvalidCommitSignature' }));
  });
});

test('public keys that are not there are a verification error, until they are', async () => {
  await using bed = await testbed();
  await using who = await author();
  const repository = await bed.repository({});
  await repository.commit('first', { 'a.yaml': '1' }, { signer: who.gpg });
  await bed.gitRepository('repo', { url: repository.url, verify: verifiedBy('HEAD') });
  const failed = await refusal(bed, 'repo', 'VerificationError');
  expect(condition(failed, 'Ready')?.message).toContain("Secret 'keys' not found");
  await secret(bed, 'keys', who.keys);
  expect(condition(await bed.source('repo', isReady), 'SourceVerified')?.status).toBe('True');
});

test('what was verified is not verified again, nor written; other keys are, though the revision is the same', async () => {
  await using bed = await testbed();
  await using who = await author();
  const server = await bed.git();
  const repository = await server.createRepository('repo');
  const commit = await repository.commit('first', { 'a.yaml': '1' }, { signer: who.gpg });
  await secret(bed, 'keys', who.keys);
  await bed.gitRepository('repo', { url: repository.url, verify: verifiedBy('HEAD') });
  const stored = await bed.source('repo', isReady);

  // News of the Secret may have come behind those of the repository, and have made it look a second time.
  await lookedAt(bed, 'repo');
  const before = server.requests.length;
  await lookedAt(bed, 'repo');
  expect(server.requests.slice(before).map(({ line }) => line)).toEqual(['POST /repo.git/git-upload-pack']);

  const other = await who.home.makeKey({ type: 'ed25519' });
  await secret(bed, 'keys', { 'author.asc': await who.home.exportPublicKeys(other), 'author.sshpub': '' });
  const failed = await refusal(bed, 'repo', 'InvalidCommitSignature');
  expect(failed.status?.artifact).toEqual(stored.status?.artifact);
  await secret(bed, 'keys', who.keys);
  const healed = await bed.source('repo', isReady);
  expect(healed.status?.artifact).toEqual(stored.status?.artifact);
  expect(condition(healed, 'SourceVerified')?.message).toContain(commit);
});

test('what is verified is called so, also when storing it fails then', async () => {
  await using bed = await testbed();
  await using who = await author();
  const repository = await bed.repository({});
  await repository.commit('first', { 'a.yaml': '1' }, { signer: who.gpg });
  await secret(bed, 'keys', { 'nobody.sshpub': (await makeSshKey({ type: 'ed25519' })).publicKey });
  await bed.gitRepository('lib', { url: repository.url });
  await bed.source('lib', isReady);
  const include = [{ repository: { name: 'lib' }, fromPath: 'nothing' }];
  await bed.gitRepository('repo', { url: repository.url, verify: verifiedBy('HEAD'), include });
  await refusal(bed, 'repo', 'InvalidCommitSignature');
  await secret(bed, 'keys', who.keys);
  const failed = await bed.source('repo', failsWith('CopyFailure'));
  expect(condition(failed, 'SourceVerified')).toMatchObject({ status: 'True', reason: 'Succeeded' });
});

test('from a server that can leave files out, nothing but the commit is fetched for what turns out not to be signed', async () => {
  await using bed = await testbed();
  await using who = await author();
  const { server, count } = await countingServer(bed);
  const repository = await server.createRepository('repo');
  await repository.git('-C', repository.directory, 'config', 'uploadpack.allowFilter', 'true');
  await repository.commit('first', { 'a.yaml': '1' });
  await secret(bed, 'keys', who.keys);
  await bed.gitRepository('repo', { url: repository.url, verify: verifiedBy('HEAD') });
  await refusal(bed, 'repo', 'InvalidCommitSignature');
  expect(count('fetch of commits alone')).toBeGreaterThan(0);
  expect(count('fetch')).toBe(0);

  await repository.commit('second', { 'a.yaml': '2' }, { signer: who.gpg });
  expect(isReady(await lookedAt(bed, 'repo'))).toBe(true);
  expect(count('fetch')).toBe(1);
});

describe('tags', () => {
  test('Tag and TagAndHEAD verify what they name; a mode that asks for more verifies again, and one for less does not', async () => {
    await using bed = await testbed();
    await using who = await author();
    const repository = await bed.repository({});
    const commit = await repository.commit('first', { 'a.yaml': '1' }, { signer: who.ssh });
    await repository.tag('v1.0.0', { signer: who.gpg });
    const tag = await repository.git('rev-parse', 'refs/tags/v1.0.0');
    await secret(bed, 'keys', who.keys);
    const spec = { url: repository.url, ref: { semver: '1.x' } };
    await bed.gitRepository('repo', { ...spec, verify: verifiedBy('Tag') });
    const first = await bed.source('repo', isReady);
    expect(condition(first, 'SourceVerified')?.message).toBe(`verified signature of\n\t- tag 'v1.0.0@${tag}' with key '${who.gpgId}'`);

    await bed.gitRepository('repo', { ...spec, verify: verifiedBy('TagAndHEAD') });
    const both = await bed.source('repo', (it) => isReady(it) && it.status?.sourceVerificationMode === 'TagAndHEAD');
    const message = `verified signature of\n\t- tag 'v1.0.0@${tag}' with key '${who.gpgId}'\n\t- commit '${commit}' with key '${who.sshId}'`;
    expect(condition(both, 'SourceVerified')?.message).toBe(message);
    expect(both.status?.artifact).toEqual(first.status?.artifact);

    await bed.gitRepository('repo', { ...spec, verify: verifiedBy('HEAD') });
    const less = await bed.source('repo', (it) => isReady(it) && it.metadata.generation !== both.metadata.generation);
    expect(condition(less, 'SourceVerified')).toMatchObject({ status: 'True', message, observedGeneration: less.metadata.generation });

    await bed.gitRepository('repo', spec);
    const none = await bed.source('repo', (it) => isReady(it) && it.status?.sourceVerificationMode === undefined);
    expect(condition(none, 'SourceVerified')).toBeUndefined();
  });

  test('an unsigned tag and a tag that is signed by somebody else are refused; a signed commit under the tag does not help', async () => {
    await using bed = await testbed();
    await using who = await author();
    const repository = await bed.repository({});
    await repository.commit('first', { 'a.yaml': '1' }, { signer: who.gpg });
    await repository.tag('light');
    await repository.tag('annotated', { annotated: true });
    await repository.tag('stranger', { signer: await who.home.signer(await who.home.makeKey({ type: 'ed25519' })) });
    await secret(bed, 'keys', who.keys);
    const reasons = { light: 'InvalidGitObject', annotated: 'InvalidGitObject', stranger: 'InvalidTagSignature' };
    for (const tag of Object.keys(reasons))
      await bed.gitRepository(tag, { url: repository.url, ref: { tag }, verify: verifiedBy('TagAndHEAD') });
    for (const [tag, reason] of Object.entries(reasons)) await refusal(bed, tag, reason);
  });

  test('a tag that was moved to an unsigned commit is refused, and the last good artifact stays', async () => {
    await using bed = await testbed();
    await using who = await author();
    const repository = await bed.repository({});
    await repository.commit('first', { 'a.yaml': '1' }, { signer: who.gpg });
    await repository.tag('v1', { signer: who.gpg });
    await secret(bed, 'keys', who.keys);
    await bed.gitRepository('repo', { url: repository.url, ref: { tag: 'v1' }, verify: verifiedBy('Tag') });
    const good = await bed.source('repo', isReady);
    await repository.commit('moved', { 'a.yaml': '2' });
    await repository.git('tag', '--force', 'v1');
    await repository.git('push', '--quiet', '--force', 'origin', 'refs/tags/v1');
    const failed = await lookedAt(bed, 'repo');
    expect(condition(failed, 'SourceVerified')).toMatchObject({ status: 'False', reason: 'InvalidGitObject' });
    expect(failed.status?.artifact).toEqual(good.status?.artifact);
  });

  test('a tag that is asked to be signed where there is none stalls', async () => {
    await using bed = await testbed();
    await using who = await author();
    const repository = await bed.repository({});
    await repository.commit('first', { 'a.yaml': '1' }, { signer: who.gpg });
    await secret(bed, 'keys', who.keys);
    await bed.gitRepository('repo', { url: repository.url, verify: verifiedBy('Tag') });
    const stalled = await bed.source('repo', isStalled);
    expect(condition(stalled, 'Ready')?.reason).toBe('InvalidVerificationMode');
    expect(condition(stalled, 'SourceVerified')?.status).toBe('False');
  });

  test('a tag that moves away from a pinned commit changes nothing', async () => {
    await using bed = await testbed();
    const repository = await bed.repository({ 'a.yaml': '1' });
    await repository.tag('v1');
    const commit = await repository.git('rev-parse', 'HEAD');
    await bed.gitRepository('repo', { url: repository.url, ref: { tag: 'v1', commit } });
    await bed.source('repo', isAt(`sha1:${commit}`));
    await repository.commit('second', { 'a.yaml': '2' });
    await repository.git('tag', '--force', 'v1');
    await repository.git('push', '--quiet', '--force', 'origin', 'refs/tags/v1');
    const after = await lookedAt(bed, 'repo');
    expect(after.status?.artifact?.revision).toBe(`sha1:${commit}`);
    expect(isReady(after)).toBe(true);
  });
});
