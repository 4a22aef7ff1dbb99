/** Condition types that every kind shares. Reconciling and Stalled are present only when True. */
export const ConditionType = { Ready: 'Ready', Reconciling: 'Reconciling', Stalled: 'Stalled', Healthy: 'Healthy' } as const;
export type ConditionType = (typeof ConditionType)[keyof typeof ConditionType];

/** Reasons that every kind shares (contract 0.1). */
export const Reason = {
  Succeeded: 'Succeeded',
  Failed: 'Failed',
  Progressing: 'Progressing',
  ProgressingWithRetry: 'ProgressingWithRetry',
  Suspended: 'Suspended',
  DependencyNotReady: 'DependencyNotReady',
  InvalidPath: 'InvalidPath',
  InvalidURL: 'InvalidURL',
  /** Ours: the stored object breaks its own schema. */
  InvalidSpec: 'InvalidSpec',
  /** Ours: a field is set that this release does not act on. */
  UnsupportedField: 'UnsupportedField',
  PruneFailed: 'PruneFailed',
  ArtifactFailed: 'ArtifactFailed',
  BuildFailed: 'BuildFailed',
  HealthCheckFailed: 'HealthCheckFailed',
  ReconciliationSucceeded: 'ReconciliationSucceeded',
  ReconciliationFailed: 'ReconciliationFailed',
  InvalidCELExpression: 'InvalidCELExpression',
  AccessDenied: 'AccessDenied',
  FeatureGateDisabled: 'FeatureGateDisabled',
  DriftDetected: 'DriftDetected',
  DriftCorrected: 'DriftCorrected',
} as const;
export type Reason = (typeof Reason)[keyof typeof Reason];

export const Annotation = {
  requestedAt: 'reconcile.fluxcd.io/requestedAt',
  forceAt: 'reconcile.fluxcd.io/forceAt',
  resetAt: 'reconcile.fluxcd.io/resetAt',
} as const;

export const FINALIZER = 'finalizers.fluxcd.io';

/** The key in an artifact's metadata that names the revision of the source's own source. */
export const ORIGIN_REVISION = 'org.opencontainers.image.revision';
