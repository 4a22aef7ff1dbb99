import { type PacketReader, packetReader } from '../protocol/pkt-line.ts';

export interface Limits {
  readonly signal: AbortSignal;
  /** Of what the other end sends in answer. */
  readonly maxBytes: number;
}

/** What the other end says, until somebody knows that it is over. */
export interface Answer extends PacketReader, AsyncDisposable {
  /**
   * Tells that everything was read, so that the connection can be used again. An answer that is disposed of without it takes its connection
   * with it.
   */
  finish(): Promise<void>;
}

/** A way to `git-upload-pack` at the other end. Everything throws `GitError`, or the signal's reason. One thing at a time. */
export interface Transport extends AsyncDisposable {
  /** The repository, as it may be shown. */
  readonly shown: string;
  /** Whether a greeting begins with the name of the service. */
  readonly announced: boolean;
  /** Whether a request can be sent now, without a greeting before it. */
  readonly ready: boolean;
  /** Where requests go since the greeting; undefined where they need a greeting each time. */
  readonly place: string | undefined;
  /** Takes a place from an earlier greeting, so that requests can be sent at once. Only for those that have one. */
  resume(place: string): void;
  /** Begins anew; what the other end says first. */
  greet(limits: Limits): Promise<Answer>;
  ask(request: string, limits: Limits): Promise<Answer>;
}

/** An answer that ends with its stream, as one over HTTP does. */
export function answerOf(chunks: AsyncIterable<Uint8Array>, giveUp: () => void): Answer {
  const iterator = chunks[Symbol.asyncIterator]();
  let over = false;
  return {
    ...packetReader(iterator),
    async finish() {
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next());
      over = true;
    },
    async [Symbol.asyncDispose]() {
      if (!over) giveUp();
    },
  };
}
