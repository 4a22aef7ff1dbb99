/** An event before the runtime adds object, time and reporter. Severity `trace` stays in the cluster. */
export interface EventDraft {
  readonly severity: 'info' | 'error' | 'trace';
  readonly reason: string;
  readonly message: string;
  /** Keys without the API group prefix, such as `revision`. */
  readonly metadata?: Readonly<Record<string, string>>;
}
