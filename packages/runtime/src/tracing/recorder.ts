import type { Recorder } from '../events/recorder.ts';
import type { Span } from './span.ts';

/** The same recorder, whose posts name the span: a receiver that traces goes on from there. */
export function tracedRecorder(recorder: Recorder, { traceparent }: Span): Recorder {
  if (traceparent === undefined) return recorder;
  return { record: (object, event) => recorder.record(object, event, traceparent), flush: () => recorder.flush() };
}
