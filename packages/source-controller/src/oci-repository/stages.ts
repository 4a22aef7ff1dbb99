import { ApiError, ConnectionError } from '@gotk/kube';
import type { StagePolicy } from '../source/stage.ts';

/** The parts of an OCIRepository's reconciliation that can fail. */
export type OciStage = 'login' | 'tag' | 'digest' | 'verify' | 'pull' | 'layer' | 'archive';

/** What the spec says about how it is to be called. */
export interface StageNames {
  readonly url: string;
  /** Who verifies, as `cosign keyless`. */
  readonly verifier: string;
  readonly copies: boolean;
}

/** What each failure is called (contract 1.1), and where upstream's line between them is: a registry's refusal is the failure of whatever was asked. */
export const stagesOf = ({ url, verifier, copies }: StageNames): Readonly<Record<OciStage, StagePolicy>> => {
  const fetching = (reason: string, attempt: string): StagePolicy => ({ condition: 'FetchFailed', reason: () => reason, attempt });
  return {
    login: { ...fetching('AuthenticationFailed', `failed to get credential for '${url}'`), isForeign: isServers },
    tag: fetching('ReadOperationFailed', `failed to determine the artifact tag for '${url}'`),
    digest: fetching('OCIArtifactPullFailed', `failed to determine artifact digest of '${url}'`),
    verify: {
      condition: 'SourceVerified',
      status: 'False',
      reason: () => 'VerificationError',
      attempt: `failed to verify the signature using provider '${verifier}'`,
      isForeign: isServers,
    },
    pull: fetching('OCIArtifactPullFailed', `failed to pull artifact from '${url}'`),
    layer: fetching(
      'OCIArtifactLayerOperationFailed',
      `failed to ${copies ? 'copy layer' : 'extract layer contents'} from artifact of '${url}'`,
    ),
    archive: {
      condition: 'StorageOperationFailed',
      reason: () => 'ArchiveOperationFailed',
      attempt: `unable to archive artifact of '${url}'`,
    },
  };
};

/** The source has no part in it: the API server did not answer for a Secret. */
const isServers = (error: unknown): boolean => error instanceof ApiError || error instanceof ConnectionError;
