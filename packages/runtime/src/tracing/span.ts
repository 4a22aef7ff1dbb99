export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * A piece of work that shows in a trace, if traces are exported. Handed on from caller to callee: what belongs to what is known without `async_hooks`.
 * Nothing here ever fails or delays the work.
 */
export interface Span {
  /** Does the work as a part of this one. What it throws is noted and thrown on. Attributes go out without credentials. */
  run<T>(name: string, work: (part: Span) => Promise<T>, attributes?: SpanAttributes): Promise<T>;
  set(attributes: SpanAttributes): void;
  /** Notes that the work failed although it did not throw. */
  fail(message: string): void;
  /** The W3C header for a request made on behalf of this span; undefined when it is not recorded. */
  readonly traceparent: string | undefined;
}

/** Work that is not recorded. */
export const noSpan: Span = {
  run: (_name, work) => work(noSpan),
  set: () => undefined,
  fail: () => undefined,
  traceparent: undefined,
};
