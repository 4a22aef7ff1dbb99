import type { SshAlgorithms, SshKeys } from '@gotk/git';
import type { SourceDeps } from '../source/deps.ts';

/** What the controller of GitRepositories is given. */
export interface GitDeps extends SourceDeps {
  readonly ssh: {
    /** Of all repositories: to decrypt a private key takes long. */
    readonly keys: SshKeys;
    readonly algorithms: SshAlgorithms;
  };
}
