import type { ListedObject } from '../object-store.ts';

/** An object of a page; Google's say also which content of that name is meant. */
export interface PageObject extends ListedObject {
  readonly generation?: string;
}

/** A page of a listing. Plain data: it crosses into worker threads. */
export interface Page {
  readonly objects: readonly PageObject[];
  /** What leads to the next one; undefined: there is none. */
  readonly next: string | undefined;
}
