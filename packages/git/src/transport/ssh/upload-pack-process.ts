import type { Client, ClientChannel } from 'ssh2';
import { GitError } from '../../git-error.ts';
import { kindOf, quoted } from '../../protocol/greeting.ts';
import { type PacketReader, packetReader } from '../../protocol/pkt-line.ts';
import type { Limits } from '../transport.ts';
import { brokenIn, endedBy, hungUp, type Phase } from './phase.ts';

/** `git-upload-pack` at the other end: it says what it has, and answers what it is asked until it has sent a pack or hears nothing more. */
export interface UploadPackProcess extends PacketReader {
  /** What is sent from now on counts against these limits. */
  within(limits: Limits): void;
  write(request: string): void;
  readonly isOver: boolean;
  /** Whether it took its connection with it. */
  readonly isBroken: boolean;
  /** Cuts it off. */
  close(): void;
}

const MAX_COMPLAINT_CHARACTERS = 2_000;

/**
 * Starts the process. Asks for version 2 of the protocol as Git does; many servers do not accept the variable, and then it is version 0.
 */
export async function startUploadPack(
  client: Client,
  { command, shown, limits }: { readonly command: string; readonly shown: string; readonly limits: Limits },
): Promise<UploadPackProcess> {
  let phase: Phase = 'to start git-upload-pack';
  let budget = limits;
  let received = 0;
  let over = false;
  let exit: number | string | undefined;
  let complaint = '';
  let failure: { readonly reason: unknown } | undefined;
  let channel: ClientChannel | undefined;
  let rejected: (reason: unknown) => void = () => undefined;

  const fail = (reason: unknown) => {
    failure ??= { reason };
    detach();
    channel?.destroy();
    client.destroy();
    rejected(reason);
  };
  const aborted = () => fail(endedBy(budget.signal, { phase, shown }));
  const within = (next: Limits) => {
    budget.signal.removeEventListener('abort', aborted);
    budget = next;
    received = 0;
    if (next.signal.aborted) aborted();
    else next.signal.addEventListener('abort', aborted);
  };
  // A process that has ended has said all it will: what becomes of the connection then does not matter, and may not cost what is still to
  // be read.
  const lost = (reason: unknown) => {
    if (!over && exit === undefined) fail(reason);
  };
  const errored = (error: Error) => lost(brokenIn(error, { phase, shown }));
  const disconnected = () => lost(hungUp({ phase, shown }));
  client.on('error', errored).on('close', disconnected);
  /** The client may outlive the process. */
  const detach = () => {
    budget.signal.removeEventListener('abort', aborted);
    client.off('error', errored).off('close', disconnected);
  };

  const opened = new Promise<ClientChannel>((resolve, reject) => {
    rejected = reject;
    within(limits);
    if (failure !== undefined) return;
    try {
      client.exec(command, { env: { GIT_PROTOCOL: 'version=2' } }, (error, stream) => {
        if (error !== undefined) return fail(brokenIn(error, { phase, shown }));
        return resolve(stream);
      });
    } catch (error) {
      // The connection was lost a moment ago.
      fail(brokenIn(error, { phase, shown }));
    }
  });
  channel = await opened;
  const stream = channel;
  phase = 'to read from git-upload-pack';

  stream.on('error', () => undefined);
  stream.on('exit', (code: number | null, signalName?: string) => {
    exit = code ?? signalName ?? 'a signal';
  });
  let release: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    release = () => {
      client.off('close', release);
      resolve();
    };
    stream.once('close', release);
    client.once('close', release);
  });
  stream.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = `${complaint}${text}`.slice(0, MAX_COMPLAINT_CHARACTERS);
  });

  async function* chunks(): AsyncGenerator<Buffer> {
    let anything = false;
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        anything = true;
        received += chunk.length;
        if (received > budget.maxBytes) throw new GitError('too-large', `${shown} sent more than ${budget.maxBytes} bytes`);
        yield chunk;
      }
      // What the process had to say, and how it ended, comes after what it wrote.
      await closed;
    } catch (error) {
      fail(error instanceof GitError ? error : brokenIn(error, { phase, shown }));
    }
    if (failure !== undefined) throw failure.reason;
    over = true;
    detach();
    if (exit === undefined) throw hungUp({ phase, shown });
    if (exit !== 0) throw complained({ exit, complaint, anything });
  }
  const complained = ({ exit, complaint, anything }: { exit: number | string; complaint: string; anything: boolean }) => {
    const words = `${shown}: git-upload-pack ended with ${exit}${complaint === '' ? '' : `: ${quoted(complaint)}`}`;
    if (/not our ref|unadvertised/.test(complaint)) return new GitError('reference-not-found', words);
    // 127 is the shell's: there is no such program.
    return new GitError(anything || exit === 127 ? 'protocol' : kindOf(complaint), words);
  };

  return {
    ...packetReader(chunks()),
    within,
    write: (request) => void stream.write(request),
    get isOver() {
      return over || failure !== undefined;
    },
    get isBroken() {
      return failure !== undefined;
    },
    close() {
      over = true;
      detach();
      release();
      stream.destroy();
    },
  };
}
