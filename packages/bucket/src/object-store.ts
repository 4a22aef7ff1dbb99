/** An object as a listing shows it. */
export interface ListedObject {
  readonly key: string;
  /** What the store calls the version of the content; nothing is read into it. */
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
}

export interface FetchOptions {
  readonly signal: AbortSignal;
  readonly maxBytes: number;
}

/** One bucket of an object store, to be read. Throws `BucketError`, or the signal's reason. */
export interface ObjectStore extends Disposable {
  /** All objects whose key starts with the prefix, in pages. */
  list(prefix: string, signal: AbortSignal): AsyncIterable<ListedObject>;
  /** Writes an object to a new file and resolves with the etag of what was written; undefined when there is no such object. */
  fetch(key: string, file: string, options: FetchOptions): Promise<string | undefined>;
}
