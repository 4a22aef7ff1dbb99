import { type HttpClient, HttpFailure } from '@gotk/auth';
import { ociErrorOf } from './failure.ts';
import { letGo } from './let-go.ts';

/** What a server that speaks no TLS makes of it, or one that does not listen where TLS would be. */
const WITHOUT_TLS = /^(?:EPROTO|ECONNREFUSED|ECONNRESET|ERR_SSL_\w+)$/;
/** Of an answer that is only asked to see whether there is one. */
const PROBE_BYTES = 64 * 1024;

/**
 * How to ask a registry that may be asked insecurely: over TLS if it speaks that. A certificate that nobody trusts is no reason to leave
 * TLS out. Throws `OciError`, or the signal's reason.
 */
export async function protocolOf(client: HttpClient, host: string, signal: AbortSignal): Promise<'https:' | 'http:'> {
  try {
    const answer = await client.request(new URL(`https://${host}/v2/`), { signal, maxBytes: PROBE_BYTES });
    await letGo(answer);
    return 'https:';
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof HttpFailure && WITHOUT_TLS.test(error.code ?? '')) return 'http:';
    throw ociErrorOf(error);
  }
}
