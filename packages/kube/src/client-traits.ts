import type { KubeClient } from './client.ts';

/** What a client that stands before another one hands on as it is. */
export function traitsOf({
  mapper,
  initialEvents,
  untilAnswered,
}: KubeClient): Pick<KubeClient, 'mapper' | 'initialEvents' | 'untilAnswered'> {
  return {
    mapper,
    ...(initialEvents === undefined ? {} : { initialEvents }),
    ...(untilAnswered === undefined ? {} : { untilAnswered }),
  };
}
