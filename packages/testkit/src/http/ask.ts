import { Agent, type Dispatcher, request } from 'undici';

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** PEM of the authority to trust instead of the system's. */
  readonly ca?: string | undefined;
}

export interface Answered {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly text: string;
}

/** One request on a connection of its own, which is closed before this resolves. */
export async function ask(url: string, { method = 'GET', headers, body, ca }: Asked = {}): Promise<Answered> {
  const agent = new Agent({ connect: ca === undefined ? {} : { ca } });
  try {
    const answer = await request(url, {
      method: method as Dispatcher.HttpMethod,
      dispatcher: agent,
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined ? {} : { body }),
    });
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  } finally {
    await agent.close();
  }
}

/** Throws unless the answer has this status. */
export async function askFor(status: number, url: string, asked: Asked = {}): Promise<Answered> {
  const answer = await ask(url, asked);
  if (answer.status !== status) throw new Error(`${asked.method ?? 'GET'} ${url} answered ${answer.status}, not ${status}: ${answer.text}`);
  return answer;
}
