import { DeadlineExceeded } from '@gotk/apimachinery';
import { IdentityError, InvalidLogin } from '@gotk/auth';
import { GitError } from '@gotk/git';
import { TaskFailed } from '@gotk/runtime';
import { describe, expect, test } from 'vitest';
import { IncludeFailed } from './include-artifact.ts';
import { ProviderMismatch } from './remote.ts';
import { stagesOf, troubleWith } from './stages.ts';

const stages = stagesOf('https://git.example.com/app.git');
const inThread = (errorName: string) => new TaskFailed('no', { kind: 'error', errorName });

test.each([
  [new InvalidLogin('no'), 'AuthenticationFailed'],
  [new IdentityError('github', 'refused', 'no'), 'AuthenticationFailed'],
  [new ProviderMismatch('no'), 'InvalidProviderConfiguration'],
])('a login fails by %s', (error, reason) => {
  expect(stages.login.isForeign?.(error)).toBe(false);
  expect(stages.login.reason(error)).toBe(reason);
});

test.each(['login', 'keys'] as const)('an API server that does not answer has nothing to do with the source: %s', (stage) => {
  expect(stages[stage].isForeign?.(new Error('connection refused'))).toBe(true);
  expect(stages[stage].isForeign?.(new InvalidLogin('no'))).toBe(false);
});

test.each([
  [new GitError('unauthorized', 'no'), 'AuthenticationFailed'],
  [new InvalidLogin('the key has another passphrase'), 'AuthenticationFailed'],
  [new GitError('empty-repository', 'no'), 'EmptyGitRepository'],
  [new GitError('host-key', 'no'), 'GitOperationFailed'],
  [new GitError('hostile-content', 'no'), 'GitOperationFailed'],
  [new DeadlineExceeded(1_000), 'GitOperationFailed'],
  [inThread('GitError'), 'GitOperationFailed'],
])('a fetch fails by %s', (error, reason) => {
  expect(stages.fetch.reason(error)).toBe(reason);
});

describe('which part of making a draft has failed', () => {
  test.each([
    [new GitError('unreachable', 'no'), 'fetch'],
    [new InvalidLogin('no'), 'fetch'],
    [new DeadlineExceeded(1_000), 'fetch'],
    [inThread('GitError'), 'fetch'],
    [inThread('IncludeFailed'), 'include'],
    [new IncludeFailed('no'), 'include'],
    [inThread('ArtifactError'), 'archive'],
    [new TaskFailed('no', { kind: 'memory' }), 'archive'],
    [new Error('ENOSPC'), 'archive'],
  ] as const)('%s', (error, stage) => {
    expect(troubleWith(error)).toBe(stage);
  });
});

test('verification that fails makes SourceVerified False; what fails to be stored or included is the storage’s', () => {
  for (const stage of ['keys', 'verify'] as const) expect(stages[stage]).toMatchObject({ condition: 'SourceVerified', status: 'False' });
  expect([stages.include, stages.archive].map(({ condition, reason }) => [condition, reason(new Error('no'))])).toEqual([
    ['StorageOperationFailed', 'CopyFailure'],
    ['StorageOperationFailed', 'ArchiveOperationFailed'],
  ]);
});
