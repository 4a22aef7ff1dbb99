import type { Greetings, SshAlgorithms } from '@gotk/git';
import type { SourceDeps } from '../source/deps.ts';
import type { SshKeys } from './ssh-keys.ts';

/** What the controller of GitRepositories is given. */
export interface GitDeps extends SourceDeps {
  /** What servers said of themselves: an unchanged repository costs one question. */
  readonly greetings: Greetings;
  readonly ssh: {
    /** Of all repositories: to decrypt a private key takes long. */
    readonly keys: SshKeys;
    readonly algorithms: SshAlgorithms;
  };
}
