/** The verdict on one object: what `kubectl wait` and Flux mean by healthy (kubernetes-sigs/cli-utils, kstatus). */
export type Status = 'Current' | 'InProgress' | 'Failed' | 'Terminating';

export interface Verdict {
  readonly status: Status;
  readonly message: string;
}

export const current = (message: string): Verdict => ({ status: 'Current', message });
export const inProgress = (message: string): Verdict => ({ status: 'InProgress', message });
export const failed = (message: string): Verdict => ({ status: 'Failed', message });
