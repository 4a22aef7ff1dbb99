import type { KubeObject, ObjectKey, Resource, Unstructured } from '@gotk/apimachinery';
import type { Identity } from './impersonation.ts';
import type { RestMapper } from './rest-mapper.ts';

/** Every request may be aborted; a request that the caller cannot abort can hang a worker. */
export interface RequestOptions {
  readonly signal: AbortSignal;
  /**
   * Of a write: called at the last moment before an attempt is sent, when all waiting for the rate ceiling, a token, a connection or another attempt is over.
   * What it throws is what the call throws, and nothing is sent.
   */
  readonly beforeSend?: () => void;
}

export interface Selectors {
  /** Only this namespace; absent means all (or cluster scope). */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Ask for `PartialObjectMetadata`: apiVersion, kind and metadata alone cross the wire. */
  readonly metadataOnly?: boolean;
}

export interface ListOptions extends RequestOptions, Selectors {
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
}

export interface ListPage<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  /** Present while more pages follow. */
  readonly continue?: string;
}

export interface WatchOptions extends RequestOptions, Selectors {
  /** Where to go on from. With `initialEvents`, '' means: what there is now. */
  readonly resourceVersion: string;
  /**
   * Begin with an `ADDED` for each object that there is (KEP-3157), and a bookmark with `initialEventsEnd` after the last. Servers without the feature refuse
   * this (422), or take no notice and never send that bookmark.
   */
  readonly initialEvents?: boolean;
}

export type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | {
      readonly type: 'BOOKMARK';
      readonly resourceVersion: string;
      /** All objects that there were at this version have been sent. */
      readonly initialEventsEnd?: true;
    };

export interface ApplyOptions extends RequestOptions {
  readonly fieldManager: string;
  /** Take conflicting fields from other managers. */
  readonly force: boolean;
  readonly dryRun?: boolean;
  /** Return metadata alone. */
  readonly metadataOnly?: boolean;
  /**
   * What the server does about fields that the kind does not have: `Warn` (default, and what Flux and kubectl's server side do) drops them and says so in
   * `Applied.warnings`; `Strict` refuses the object. Fields unknown to a built-in kind are refused in any case.
   */
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict';
}

export interface Applied<T> {
  readonly object: T;
  /** The server answered 201: the object did not exist before. */
  readonly created: boolean;
  /** What the server remarked: dropped fields, deprecated versions. */
  readonly warnings: readonly string[];
}

export type Patch = { readonly type: 'merge'; readonly body: unknown } | { readonly type: 'json'; readonly body: readonly unknown[] };

export interface CreateOptions extends RequestOptions {
  /** Of the object that `object` is named after, such as `token` of a ServiceAccount: what is created is not the object itself but asked of it. */
  readonly subresource?: string;
}

export interface PatchOptions extends RequestOptions {
  readonly subresource?: 'status';
  readonly fieldManager?: string;
}

export interface DeleteOptions extends RequestOptions {
  /** The server refuses (409) if the live object is another one: guards every delete against a stale view. */
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
}

/** What became of an object whose deletion was accepted: `pending` while a finalizer or a grace period may still hold it. */
export type Deletion = 'gone' | 'pending';

/**
 * A Kubernetes API client without object classes: JSON in, JSON out, every unknown field kept.
 *
 * Throws `ApiError` for what the server refused (with the Status reason and its causes), `ConnectionError` when no answer came, and the signal's reason
 * on abort; `InvalidName` for an object that no path can name. Every call has a deadline.
 *
 * A write that has been sent is not taken back by an abort: its answer is waited for, for as long as every call may take, and returned. Whoever acts next on the
 * object would otherwise not know what it acts on, and what was given up could still come true after it was undone. (Leases are left out: see `LeaseCandidate`.)
 *
 * Repeats by itself, a bounded number of times: what was refused with 429 and a `Retry-After` of some seconds; with 503 likewise, if twice is the same as
 * once (reads, apply, merge patches, deletes by uid); a refused token, once, after asking for a new one; a read whose kept connection turned out to be gone.
 * Nothing else: after any other `ConnectionError` the request may have been carried out.
 *
 * All calls share one ceiling on their rate and a bounded number of connections; watches have connections of their own, and Leases pass both.
 */
export interface KubeClient {
  readonly mapper: RestMapper;
  /** `watch` knows `initialEvents`. Informers of a client that does not say so ask for lists. */
  readonly initialEvents?: true;
  /** Resolves when the server next answers anything that is asked through this client, a refusal included, and when the signal aborts. Absent: nobody can tell. */
  readonly untilAnswered?: (signal: AbortSignal) => Promise<void>;
  get<T extends KubeObject = Unstructured>(
    resource: Resource<T>,
    key: ObjectKey,
    options: RequestOptions & { readonly metadataOnly?: boolean },
  ): Promise<T>;
  list<T extends KubeObject = Unstructured>(resource: Resource<T>, options: ListOptions): Promise<ListPage<T>>;
  /** Ends without error when the server closes the watch. Throws `ApiError` 410 for an expired resourceVersion, also when it comes as an ERROR event. */
  watch<T extends KubeObject = Unstructured>(resource: Resource<T>, options: WatchOptions): AsyncIterable<WatchEvent<T>>;
  create<T extends KubeObject = Unstructured>(resource: Resource<T>, object: T, options: CreateOptions): Promise<T>;
  /** PUT with the object's resourceVersion: for Leases, where losing a race must show. */
  replace<T extends KubeObject = Unstructured>(resource: Resource<T>, object: T, options: RequestOptions): Promise<T>;
  /** Server-side apply. */
  apply<T extends KubeObject = Unstructured>(resource: Resource<T>, object: T, options: ApplyOptions): Promise<Applied<T>>;
  patch<T extends KubeObject = Unstructured>(
    resource: Resource<T>,
    target: { readonly key: ObjectKey; readonly patch: Patch },
    options: PatchOptions,
  ): Promise<T>;
  delete(resource: Resource<KubeObject>, key: ObjectKey, options: DeleteOptions): Promise<Deletion>;
  /**
   * The same client acting as somebody else: every request of the view carries the identity, reads, watches and deletes included. Only discovery, which tells
   * everybody the same, is asked for and remembered in common. Throws for a name that cannot be one, and on a view: identities do not stack.
   */
  impersonate(identity: Identity): KubeClient;
  /** Releases sockets; running requests and watches end. The views go with their client; closing a view does nothing. */
  close(): Promise<void>;
}
