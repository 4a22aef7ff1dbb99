import type { Clock } from '@gotk/apimachinery';
import type { GoFunction } from '../value/model.ts';

/** Functions by the names that templates call them by: what a `TemplateSet` takes. */
export type FunctionMap = ReadonlyMap<string, GoFunction>;

/** What functions need that is not in their arguments. */
export interface SprigSources {
  /** Bytes that nobody can predict. */
  readonly randomBytes: (count: number) => Uint8Array;
  readonly clock: Pick<Clock, 'now'>;
  /** What zone of the IANA database is local; `UTC`. */
  readonly localZone?: string | undefined;
}
