import type { CloudMeans } from '@gotk/auth';

/** For metrics; upstream's names. */
export type Operation = 'decrypt_with_aws' | 'decrypt_with_azure' | 'decrypt_with_gcp' | 'decrypt_with_vault';

/** What it takes to get credentials, but for who asks, for whom, and how long. */
export type ControllerMeans = Omit<CloudMeans, 'signal' | 'identity' | 'subject'>;

/** The means of one Kustomization. */
export interface DecryptionMeans {
  /** Whether the identities of the machine are for the controller alone. */
  readonly isLockedDown: boolean;
  /** With credentials that its Secret holds. */
  own(operation: Operation): Omit<CloudMeans, 'signal'>;
  /** As its ServiceAccount, or as the controller. Throws `InvalidLogin`. */
  assumed(operation: Operation, signal: AbortSignal): Promise<CloudMeans>;
}
