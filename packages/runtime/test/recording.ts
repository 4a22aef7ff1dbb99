import type { KubeObject } from '@gotk/apimachinery';
import type { EventDraft } from '../src/events/events.ts';
import type { Recorder } from '../src/events/recorder.ts';
import type { LogFields, Logger } from '../src/log/log.ts';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'error';
  readonly message: string;
  readonly fields: LogFields;
}

/** A log that a test can read. */
export function recordingLog(lines: LogLine[] = []): Logger & { readonly lines: readonly LogLine[] } {
  return {
    lines,
    debug: (message, fields = {}) => lines.push({ level: 'debug', message, fields }),
    info: (message, fields = {}) => lines.push({ level: 'info', message, fields }),
    error: (message, error, fields = {}) => lines.push({ level: 'error', message, fields: { ...fields, error } }),
    with: () => recordingLog(lines),
  };
}

/** A recorder that a test can read. */
export function recordingRecorder(): Recorder & { readonly events: readonly EventDraft[] } {
  const events: EventDraft[] = [];
  return { events, record: (_object: KubeObject, event) => events.push(event), flush: () => Promise.resolve() };
}
