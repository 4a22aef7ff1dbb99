export type ConditionStatus = 'True' | 'False' | 'Unknown';

/** metav1.Condition. Times are RFC 3339 in UTC with whole seconds, as the API server keeps them. */
export interface Condition {
  readonly type: string;
  readonly status: ConditionStatus;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number;
  readonly lastTransitionTime: string;
}
