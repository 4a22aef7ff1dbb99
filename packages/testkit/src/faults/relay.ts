import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { type ApiRequest, isMutating, parseApiRequest } from './api-request.ts';
import type { Fault, FaultAction, FaultRules } from './fault-rules.ts';
import type { OpenRecord, RequestTrace } from './request-trace.ts';
import { endToEnd, type Upstream } from './upstream.ts';
import { createWatchPipe, type Holding, type WatchPipe } from './watch-pipe.ts';
import { objectIn, preconditionsIn } from './written-object.ts';

export interface OpenWatch {
  readonly request: ApiRequest;
  readonly socket: Socket;
  readonly pipe: WatchPipe;
}

export interface RelayOptions {
  readonly rules: FaultRules;
  readonly trace: RequestTrace;
  readonly upstream: Upstream;
  /** Kept up to date with the watches that are open. */
  readonly watches: Set<OpenWatch>;
  readonly holdingOf: (watch: OpenWatch) => Holding | undefined;
  readonly reset: (socket: Socket) => void;
}

/** One request on its way: from whom, what it asks, who still waits for the answer. */
interface Exchange {
  readonly from: IncomingMessage;
  readonly to: ServerResponse;
  readonly request: ApiRequest;
  readonly body: Buffer;
  readonly record: OpenRecord;
  /** Aborts when the client has gone. */
  readonly gone: AbortSignal;
}

type Truncation = FaultAction & { readonly kind: 'truncate' };

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** How many answers a freeze remembers; from then on requests pass. */
const MAX_FROZEN = 1_000;

export function createRelay(options: RelayOptions): (from: IncomingMessage, to: ServerResponse) => void {
  const { rules, trace, upstream, watches, reset } = options;
  const frozen = new WeakMap<Fault, Map<string, Answer>>();

  const relay = async (from: IncomingMessage, to: ServerResponse): Promise<void> => {
    const began = performance.now();
    const gone = new AbortController();
    to.once('close', () => gone.abort(new Error('the client has gone')));
    to.on('error', () => undefined);
    const request = parseApiRequest(from.method ?? '', from.url ?? '/', from.headers);
    const record = trace.open(request);
    to.once('close', () => {
      record.durationMs = performance.now() - began;
    });
    const body = await buffer(from);
    record.requestBytes = body.length;
    const preconditions = request.verb === 'delete' ? preconditionsIn(body) : undefined;
    if (preconditions !== undefined) record.preconditions = preconditions;
    const { delayMs, fault } = rules.judge(request);
    if (fault !== undefined) record.fault = fault.name;
    if (delayMs > 0) {
      record.fault ??= 'delay';
      await delay(delayMs, undefined, { signal: gone.signal });
    }
    await carryOut({ from, to, request, body, record, gone: gone.signal }, fault);
  };

  const carryOut = async (exchange: Exchange, fault: Fault | undefined): Promise<void> => {
    if (fault === undefined) return pass(exchange);
    const { action } = fault;
    switch (action.kind) {
      case 'delay':
        return pass(exchange);
      case 'answer':
        return answerWith(exchange, refusal(action));
      case 'reset':
        return reset(exchange.from.socket);
      case 'black-hole':
        return;
      case 'end-client':
        if (action.when === 'after') await wholeAnswer(exchange);
        if (action.when === 'half-way') await halfAnswer(exchange);
        return action.end();
      case 'lose-response':
        await wholeAnswer(exchange);
        return reset(exchange.from.socket);
      case 'truncate':
        return exchange.request.verb === 'watch' ? watch(exchange, action) : truncate(exchange, action);
      case 'freeze':
        return answerWith(exchange, await frozenAnswer(exchange, fault));
    }
  };

  const send = async ({ from, body, record, gone }: Exchange, signal = gone): Promise<IncomingMessage> => {
    record.forwarded = true;
    return await upstream.send({ method: from.method ?? '', target: from.url ?? '/', headers: from.headers, body, signal });
  };

  const wholeAnswer = async (exchange: Exchange): Promise<Answer> => {
    // A write that was begun is carried out, whether or not the client still waits: only so is it known what became of it.
    const answer = await (isMutating(exchange.request) ? send(exchange, new AbortController().signal) : send(exchange));
    const body = await buffer(answer);
    const object = isMutating(exchange.request) && (answer.statusCode ?? 0) < 300 ? objectIn(body) : undefined;
    if (object !== undefined) exchange.record.object = object;
    return { status: answer.statusCode ?? 502, headers: answer.headers, body };
  };

  const pass = async (exchange: Exchange): Promise<void> => {
    if (exchange.request.verb === 'watch') return watch(exchange);
    if (isMutating(exchange.request)) return answerWith(exchange, await wholeAnswer(exchange));
    const { to, record } = exchange;
    const answer = await send(exchange);
    record.status = answer.statusCode ?? 0;
    to.writeHead(record.status, endToEnd(answer.headers));
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      record.responseBytes += chunk.length;
      to.write(chunk);
    }
    to.end();
  };

  const watch = async (exchange: Exchange, truncation?: Truncation): Promise<void> => {
    const { from, to, request, record } = exchange;
    const answer = await send(exchange);
    record.status = answer.statusCode ?? 0;
    to.writeHead(record.status, endToEnd(answer.headers));
    to.flushHeaders();
    const pipe = createWatchPipe({
      write(bytes) {
        const left = (truncation?.afterBytes ?? Number.POSITIVE_INFINITY) - record.responseBytes;
        const sent = bytes.subarray(0, left);
        record.responseBytes += sent.length;
        to.write(sent, () => sent.length < bytes.length && breakOff(from.socket, truncation));
      },
      end: () => to.end(),
      holding: () => options.holdingOf(open),
    });
    const open: OpenWatch = { request, socket: from.socket, pipe };
    watches.add(open);
    to.once('close', () => watches.delete(open));
    for await (const chunk of answer as AsyncIterable<Buffer>) pipe.feed(chunk);
    pipe.end();
  };

  const truncate = async (exchange: Exchange, truncation: Truncation): Promise<void> => {
    const { to, from, record } = exchange;
    const { status, headers, body } = await wholeAnswer(exchange);
    to.writeHead(status, { ...endToEnd(headers), 'content-length': body.length });
    const sent = body.subarray(0, truncation.afterBytes);
    to.write(sent, () => breakOff(from.socket, truncation));
    record.status = status;
    record.responseBytes = sent.length;
  };

  /** Resolves when half of the answer is on its way. */
  const halfAnswer = async (exchange: Exchange): Promise<void> => {
    const { status, headers, body } = await wholeAnswer(exchange);
    const { to } = exchange;
    to.writeHead(status, { ...endToEnd(headers), 'content-length': body.length });
    await new Promise((resolve) => to.write(body.subarray(0, body.length / 2), resolve));
  };

  const breakOff = (socket: Socket, truncation: Truncation | undefined) => {
    if (truncation?.ending === 'half-close') socket.end();
    else reset(socket);
  };

  const frozenAnswer = async (exchange: Exchange, fault: Fault): Promise<Answer> => {
    const answers = frozen.get(fault) ?? new Map<string, Answer>();
    frozen.set(fault, answers);
    const question = `${exchange.request.path}${exchange.request.query}`;
    const answer = answers.get(question) ?? (await wholeAnswer(exchange));
    if (answers.size < MAX_FROZEN) answers.set(question, answer);
    return answer;
  };

  return (from, to) => {
    relay(from, to).catch(() => {
      // The server gave no answer, or the client has gone: either way there is nothing more to say on this connection.
      reset(from.socket);
    });
  };
}

function answerWith({ to, record }: Exchange, { status, headers, body }: Answer): void {
  record.status = status;
  record.responseBytes = body.length;
  to.writeHead(status, { ...endToEnd(headers), 'content-length': body.length });
  to.end(body);
}

const REASONS: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  410: 'Expired',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

function refusal({ status, retryAfterSeconds, ...told }: FaultAction & { readonly kind: 'answer' }): Answer {
  const { reason = REASONS[status] ?? 'Unknown', message = `injected: ${reason}` } = told;
  const body = Buffer.from(
    JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code: status }),
  );
  const retry = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  return { status, headers: { 'content-type': 'application/json', ...retry }, body };
}
