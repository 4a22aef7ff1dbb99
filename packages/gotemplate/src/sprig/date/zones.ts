import type { CallContext } from '../../value/model.ts';
import { loadZone, UTC, type Zone } from './zone.ts';

/** What finding out about a zone for the first time takes, which is about a millisecond. */
const STEPS = 2000;

/** The zones that templates ask for by their names. */
export class Zones {
  /** What `Local` is. */
  readonly local: Zone;
  readonly #known = new Map<string, Zone>();

  /** UTC is local, where there is no zone of that name. */
  constructor(local: string) {
    this.local = loadZone(local) ?? UTC;
  }

  /** UTC, if there is no zone of that name. */
  named(name: string, { spend }: CallContext): Zone {
    if (name === 'Local') return this.local;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    spend(STEPS);
    const zone = loadZone(name);
    if (zone !== undefined) this.#known.set(name, zone);
    return zone ?? UTC;
  }
}
