import type { OCIRepository } from '@gotk/api';
import { expect, test } from 'vitest';
import { isVerificationDue } from './signatures.ts';

const REVISION = 'latest@sha256:1';

/** Verified, as it is, at its generation. */
function repository({
  revision = REVISION,
  status = 'True',
  observedGeneration = 3,
}: {
  readonly revision?: string;
  readonly status?: 'True' | 'False';
  readonly observedGeneration?: number;
} = {}): Pick<OCIRepository, 'metadata' | 'status'> {
  const time = '2030-01-01T00:00:00Z';
  return {
    metadata: { name: 'app', generation: 3 },
    status: {
      artifact: { revision, path: 'p', url: 'u', digest: 'sha256:2', lastUpdateTime: time },
      conditions: [{ type: 'SourceVerified', status, reason: 'r', message: 'm', lastTransitionTime: time, observedGeneration }],
    },
  };
}

test('what was verified is not verified again', () => {
  expect(isVerificationDue(repository(), REVISION)).toBe(false);
});

test.each([
  ['another revision', repository({ revision: 'latest@sha256:0' })],
  ['another spec', repository({ observedGeneration: 2 })],
  ['a failure', repository({ status: 'False' })],
  ['nothing', { metadata: { name: 'app', generation: 3 } }],
  ['an artifact that nobody verified', { ...repository(), status: { ...repository().status, conditions: [] } }],
] as const)('after %s it is', (_what, object) => {
  expect(isVerificationDue(object, REVISION)).toBe(true);
});
